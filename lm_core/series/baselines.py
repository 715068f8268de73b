"""Forecasts without a network, by direct formulas: what any model has to be better than.

    last value            y_h = x_n
    same time before      y_h = x_(n + h - season), one season further back where that is not seen
    least squares         Y = [1 X] W,   W = argmin ||[1 X] W - Y||^2 = (X'X)^+ X'Y

Source: Hyndman and Athanasopoulos 2021, "Forecasting: principles and practice", chapters 5 and 7.
"""

import torch
from torch import Tensor

AT_ONCE = 8192  # windows whose products are added up together
ROUNDING = 1e-12  # what is so much weaker than the strongest direction is rounding


def last_value(seen: Tensor, n_ahead: int) -> Tensor:
    """(N, n_seen) -> (N, n_ahead): it stays as it is."""
    return seen[:, -1:].expand(-1, n_ahead)


def same_time_before(seen: Tensor, n_ahead: int, season: int) -> Tensor:
    """(N, n_seen) -> (N, n_ahead): as it was a season ago.

    Raises:
        ValueError: less than a season is seen, or there is none.
    """
    if not 1 <= season <= seen.shape[1]:
        raise ValueError("a season is 1 or more of the values that are seen")
    ahead = torch.arange(n_ahead, device=seen.device) % season
    return seen[:, seen.shape[1] - season + ahead]


def least_squares(seen: Tensor, following: Tensor) -> Tensor:
    """W (1 + n_seen, n_ahead) float64 of the best straight forecast of these windows; the shortest
    of the best where there are several."""
    wide, ahead = seen.shape[1] + 1, following.shape[1]
    gram = torch.zeros(wide, wide, dtype=torch.float64)
    moment = torch.zeros(wide, ahead, dtype=torch.float64)
    for X, Y in zip(seen.split(AT_ONCE), following.split(AT_ONCE), strict=True):
        X = _with_one(X)  # (n, 1 + n_seen)
        gram += X.T @ X
        moment += X.T @ Y.double().cpu()
    return torch.linalg.pinv(gram, rtol=ROUNDING, hermitian=True) @ moment


def straight(seen: Tensor, W: Tensor) -> Tensor:
    """(N, n_seen) -> (N, n_ahead), by the W of `least_squares`."""
    return (_with_one(seen) @ W).to(seen)


def _with_one(seen: Tensor) -> Tensor:
    X = seen.double().cpu()
    return torch.cat([X.new_ones(len(X), 1), X], 1)


def baselines(seen: Tensor, following: Tensor, asked: Tensor, season: int) -> dict[str, Tensor]:
    """By name, forecasts (N, n_ahead) for `asked` (N, n_seen); least squares is fitted on `seen`
    and `following`, and where no season is seen there is none from the one before."""
    n_ahead = following.shape[1]
    made = {"last value": last_value(asked, n_ahead)}
    if 1 <= season <= asked.shape[1]:
        made["same time before"] = same_time_before(asked, n_ahead, season)
    return made | {"least squares": straight(asked, least_squares(seen, following))}

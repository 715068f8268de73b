"""Forecasts by direct formulas: each equals a reference, or what one writes down by hand."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression

from lm_core.series.baselines import (
    baselines,
    last_value,
    least_squares,
    same_time_before,
    straight,
)


def test_the_last_value_and_the_same_time_before_by_hand() -> None:
    seen = torch.arange(1.0, 7.0)[None]  # 1 2 3 4 5 6
    assert last_value(seen, 3).tolist() == [[6, 6, 6]]
    assert same_time_before(seen, 5, 3).tolist() == [[4, 5, 6, 4, 5]]
    assert same_time_before(seen, 2, 6).tolist() == [[1, 2]]
    for season in (0, 7):
        with pytest.raises(ValueError, match="season"):
            same_time_before(seen, 2, season)


def test_least_squares_is_that_of_scikit_learn() -> None:
    generator = torch.Generator().manual_seed(0)
    seen, noise = (torch.randn(400, n, generator=generator) for n in (7, 3))
    following = seen[:, :3] * 2 + seen[:, 4:] + noise + 5
    W = least_squares(seen, following)
    theirs = LinearRegression().fit(seen.double().numpy(), following.double().numpy())
    np.testing.assert_allclose(W[0], theirs.intercept_, atol=1e-6)
    np.testing.assert_allclose(W[1:].T, theirs.coef_, atol=1e-6)
    np.testing.assert_allclose(straight(seen, W), theirs.predict(seen.double().numpy()), atol=1e-5)


def test_values_that_repeat_exactly_have_a_forecast_too() -> None:
    wave = (torch.arange(300.0) * (2 * torch.pi / 24)).sin().unfold(0, 60, 1)
    said = baselines(wave[:, :48], wave[:, 48:], wave[:50, :48], 24)
    for name in ("same time before", "least squares"):
        torch.testing.assert_close(said[name], wave[:50, 48:], atol=1e-4, rtol=0)


def test_without_a_season_in_the_window_there_is_no_forecast_from_it() -> None:
    seen = torch.randn(20, 8)
    assert set(baselines(seen, seen[:, :2], seen, 9)) == {"last value", "least squares"}
    assert set(baselines(seen, seen[:, :2], seen, 0)) == {"last value", "least squares"}

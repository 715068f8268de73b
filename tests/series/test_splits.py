"""Windows of a series: by hand, without a look ahead, scaled by the training part alone."""

import pytest
import torch

from lm_core.errors import BadText
from lm_core.series.splits import Series, cut_by_time, season, windows


def parts(values: torch.Tensor) -> dict[str, Series]:
    return cut_by_time(Series(values.float(), "2020-01-01T00:00:00", 60.0, "kW"))


def test_the_parts_follow_each_other_and_each_value_is_forecast_in_one_alone() -> None:
    made = parts(torch.arange(100))
    assert [len(part.values) for part in made.values()] == [70, 15, 15]
    assert made["validation"].begin == "2020-01-03T22:00:00"  # 70 hours later
    cut = windows(made, 8, 2)
    train, validation = cut["train"], cut["validation"]

    def real(scaled: torch.Tensor) -> list[int]:
        return (scaled * train.std + train.mean).round().int().tolist()

    assert (train.seen.shape, train.following.shape) == ((61, 8), (61, 2))
    assert real(train.seen[0]) == [*range(8)]
    assert real(train.following[0]) == [8, 9]
    assert real(train.following[-1]) == [68, 69]
    assert real(validation.seen[0]) == [*range(62, 70)]  # looks back over the boundary
    assert real(validation.following[0]) == [70, 71]  # and what it forecasts lies in its part
    assert validation.begin == "2020-01-03T14:00:00"
    assert train.counts() == {"examples": 61, "values": 70}


def test_what_comes_later_does_not_change_the_scale() -> None:
    values = torch.randn(200, generator=torch.Generator().manual_seed(1))
    louder = torch.cat([values[:140], values[140:] * 50 + 9])
    one, other = (windows(parts(v), 10, 3)["train"] for v in (values, louder))
    assert (one.mean, one.std) == (other.mean, other.std)
    assert torch.equal(one.values, other.values)
    assert one.values.mean().item() == pytest.approx(0, abs=1e-6)
    assert one.values.std(correction=0).item() == pytest.approx(1, abs=1e-6)


def test_too_short_or_all_alike_is_said_in_a_sentence() -> None:
    with pytest.raises(BadText, match="window takes 120"):
        windows(parts(torch.arange(100)), 96, 24)
    with pytest.raises(BadText, match="are the same"):
        windows(parts(torch.ones(100)), 8, 2)


@pytest.mark.parametrize(
    ("minutes", "steps"), [(60, 24), (15, 96), (1440, 7), (7, 0), (43200, 0), (720, 2)]
)
def test_a_season_is_a_day_or_a_week_of_days(minutes: float, steps: int) -> None:
    assert season(minutes) == steps

"""A series of one's own: read in the ways that people write times and numbers, and found again."""

import contextlib
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import as_text, load_own, save_own
from lm_core.corpora.own_series import read_measured, series_of
from lm_core.errors import BadText


def lines(
    time: str, n: int = 70, mark: str = ",", heading: str = "time,kW", point: str = "."
) -> str:
    rows = [f"{time.format(day=1 + k // 24, hour=k % 24)}{mark}{k % 24}{point}5" for k in range(n)]
    return "\n".join([heading.replace(",", mark), *rows])


@pytest.mark.parametrize(
    "text",
    [
        lines("2011-01-{day:02} {hour:02}:00"),
        lines("2011-01-{day:02}T{hour:02}:00:00Z"),
        lines("2011/01/{day:02} {hour:02}:00:00"),
        lines("{day:02}.01.2011 {hour:02}:00", mark=";", point=","),
        lines('"2011-01-{day:02} {hour:02}:00:00"', mark=";", heading=",MT_001", point=","),
        "\n".join(lines("2011-01-{day:02} {hour:02}:00").split("\n")[1:]),  # no heading
    ],
)
def test_times_and_numbers_as_people_write_them(text: str) -> None:
    made = series_of(text, title="Mine")
    values = torch.cat([part.values for part in made.splits.values()])
    assert values.tolist() == [k % 24 + 0.5 for k in range(70)]
    train = made.splits["train"]
    assert (train.begin, train.minutes) == ("2011-01-01T00:00:00", 60.0)


def test_day_and_month_are_told_apart_by_the_column_or_asked_for() -> None:
    american = ["time,kW", *(f"{1 + d // 28}/{1 + d % 28}/2011,{d}" for d in range(28))]
    with pytest.raises(BadText, match="60 is the least"):  # it was read
        series_of("\n".join(american), title="Mine")
    unclear = ["time,kW", *(f"{m}/{d}/2011,1" for m in range(1, 10) for d in range(1, 10))]
    with pytest.raises(BadText, match="cannot be told apart"):
        series_of("\n".join(unclear), title="Mine")


def test_it_is_stored_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    made = series_of(lines("2011-01-{day:02} {hour:02}:00"), title="Mine", unit="kW")
    found = load_own(save_own(made))
    assert found.info.name == made.info.name
    assert found.codec.names == ["kW"]
    for name, part in made.splits.items():
        assert torch.equal(found.splits[name].values, part.values)
    again = series_of(as_text(found), title="Again", unit="kW")
    assert again.info.name == made.info.name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,kW", "no rows"),
        ("a,b\n1,2\n3,4", "No column of this CSV holds times"),
        (lines("2011-01-{day:02} {hour:02}:00").replace(",5.5", ",much", 1), "Row 7 has “much”"),
        ("time,kW\n2011-01-01,a\n2011-01-02,b", "no column of numbers"),
        (lines("2011-01-{day:02} {hour:02}:00").replace("05:00", "x:y", 1), "Row 7 has"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadText, match=said):
        series_of(text, title="Mine")


TIMES = ["2011-01-01", "0001-01-01T00:00+23:00", "9999-12-31 23:59", "1/2/2011", "31.12.2011", ""]


@given(st.lists(st.sampled_from(TIMES), min_size=1, max_size=9), st.sampled_from(["1", "1e300"]))
def test_times_at_the_ends_of_time_get_a_sentence(times: list[str], value: str) -> None:
    rows = [f"{time},{value}" for time in times]
    with pytest.raises(BadText):
        series_of("\n".join(["time,kW", *rows]), title="Mine")


def test_a_column_is_chosen_by_name() -> None:
    text = "time,a,b\n" + "\n".join(
        f"2011-01-01 {k // 60:02}:{k % 60:02},{k},{2 * k}" for k in range(70)
    )
    assert list(read_measured(text).columns) == ["a", "b"]
    assert series_of(text, title="Mine", column="b").splits["train"].values[3] == 6
    with pytest.raises(BadText, match="no column of numbers named"):
        series_of(text, title="Mine", column="c")


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_a_sentence_or_a_series(text: str) -> None:
    with contextlib.suppress(BadText):
        series_of(text, title="Mine")

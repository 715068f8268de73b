"""The file of a race: all of it comes back, and nothing else is taken for one."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadCheckpoint
from lm_core.evaluation.standings import Point, Result
from lm_core.runs.race import Race
from lm_core.runs.race_file import FIGURES, MOST_POINTS, RaceFile, read_race
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget

RACE = Race(CorpusSpec(name="names"), ("ngram", "gru"), Budget(steps=5), 2)
FIGURED = dict.fromkeys(FIGURES, 1.5) | {"sample": "anna\n“x”"}


def file_of(*results: Result) -> RaceFile:
    return RaceFile(RACE, "nats per character", {"blind": 3.25}, results, "python -m lm_core race")


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    curve = tuple(Point(k, 10 * k, k / 4, 3.0 - k / 8) for k in range(9))
    results = (Result("ngram", 0, FIGURED, curve), Result("gru", 1, FIGURED | {"test_nats": None}))
    path = tmp_path / "race.json"
    file_of(*results).write(path)
    found = read_race(path)
    assert (found.race, found.results) == (RACE, results)
    assert (found.unit, found.baselines) == ("nats per character", {"blind": 3.25})
    assert found.machine["cores"] >= 1
    assert found.has("ngram", 0)
    assert not found.has("ngram", 1)
    json.loads(path.read_text(), parse_constant=pytest.fail)  # strict


def test_a_long_curve_is_thinned_and_keeps_both_ends(tmp_path: Path) -> None:
    curve = tuple(Point(k, k, float(k), 2.0) for k in range(5 * MOST_POINTS + 3))
    file_of(Result("gru", 0, FIGURED, curve)).write(tmp_path / "race.json")
    (result,) = read_race(tmp_path / "race.json").results
    assert len(result.curve) <= MOST_POINTS
    assert (result.curve[0], result.curve[-1]) == (curve[0], curve[-1])


@given(st.data())
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path_factory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("races") / "race.json"
    file_of(Result("ngram", 0, FIGURED, (Point(1, 2, 0.5, 2.0),))).write(path)
    whole = json.loads(path.read_text())
    value = data.draw(st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({}))
    where = data.draw(st.sampled_from([whole, whole["results"][0], whole["race"]]))
    name = data.draw(st.sampled_from(sorted(where)))
    where[name] = value
    path.write_text(json.dumps(whole))
    with suppress(BadCheckpoint):
        assert isinstance(read_race(path), RaceFile)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"format": 2}', "{" * 100, "\0"])
def test_what_is_no_race_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "race.json"
    path.write_text(text)
    with pytest.raises(BadCheckpoint, match=r"race\.json"):
        read_race(path)

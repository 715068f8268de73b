"""Every broken run of the gallery is found out by the verdicts, and the repaired one is not."""

import json
import math
from functools import cache
from pathlib import Path

import pytest

from lm_core.doctor.faults import HONEST
from lm_core.doctor.inside import SHARE
from lm_core.doctor.judging import RULES
from lm_core.errors import UnknownName
from lm_core.runs import gallery
from lm_core.runs.gallery import CASES, Case, case, diagnosed, run, share
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.store import RunStore
from lm_core.training.events import Diagnosed, Examined, Finished, Step
from tests.working import worked

EACH = pytest.mark.parametrize("broken", CASES, ids=lambda case: case.name)
ASKED_FOR = {
    "not_a_distribution",
    "rate_too_high",
    "rate_too_low",
    "confident_start",
    "saturated",
    "dead_units",
    "exploding_gradients",
    "leaked_split",
    "other_tokenizer",
    "overfitting",
    "gradients_pile_up",
    "evaluated_in_train_mode",
    "learns_only_frequencies",
}


def alarms(events: list) -> set[str]:
    return {event.code for event in diagnosed(iter(events)) if event.severity == "alarm"}


@cache
def to_the_end(spec: RunSpec) -> list:
    """Events of the whole run; several cases have the same repaired one."""
    return list(run(spec))


def is_slow(broken: Case) -> bool:
    return broken.name in (
        *("exploding-rnn", "train-mode", "shuffled-targets", "rate-too-high", "dead-relu"),
        *("other-tokenizer", "rate-too-low", "too-little-data"),
    )


SOME = [pytest.param(c, marks=[pytest.mark.slow] * is_slow(c), id=c.name) for c in CASES]


@pytest.mark.parametrize("broken", SOME)
def test_the_verdicts_find_what_is_wrong(broken: Case) -> None:
    """Up to where they do."""
    wanted = (e for e in run(broken.spec) if isinstance(e, Diagnosed) and e.severity == "alarm")
    found = next(e for e in wanted if e.code == broken.expected)
    assert found.step <= broken.steps
    assert found.cure
    assert any(letter.isdigit() for letter in found.text)  # what was measured


@pytest.mark.slow
@EACH
def test_a_broken_run_goes_on_to_its_end_and_is_never_called_healthy(broken: Case) -> None:
    events = to_the_end(broken.spec)
    assert broken.expected in alarms(events)
    assert "healthy" not in {event.code for event in diagnosed(iter(events))}
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(event, Step) for event in events) == broken.steps


@pytest.mark.parametrize("broken", SOME)
def test_the_repaired_run_raises_no_alarm(broken: Case) -> None:
    events = to_the_end(broken.repaired)
    assert alarms(events) == set()
    assert diagnosed(iter(events))[-1].code == "healthy"


@pytest.mark.slow
def test_a_case_shows_the_same_each_time() -> None:
    """What is found, and at which steps the run is looked into, hangs on no clock."""
    twice = [list(run(case("saturated-tanh").spec)) for _ in range(2)]
    first, second = ([e for e in events if isinstance(e, Examined)] for events in twice)
    assert [e.step for e in first] == [1, 2, 3, 5, 8, 12, 18, 27, 41, 62, 93, 140]
    assert first == second
    codes = [[(d.step, d.code) for d in diagnosed(iter(events))] for events in twice]
    assert codes[0] == codes[1]


def test_the_gallery_holds_what_a_course_asks_for() -> None:
    assert len(CASES) >= 12
    assert {case.expected for case in CASES} >= ASKED_FOR
    assert {case.expected for case in CASES} <= {rule.__name__ for rule in RULES}
    for names in ([c.name for c in CASES], [c.title for c in CASES], [c.spec.id for c in CASES]):
        assert len(set(names)) == len(CASES)


@EACH
def test_a_case_is_a_run_with_one_mistake(broken: Case) -> None:
    wrong, right = broken.spec, broken.repaired
    assert bool(broken.fault) != bool(broken.wrong)
    assert wrong.id != right.id
    assert not right.fault
    changed = {
        f"{part}.{name}"
        for part in ("model", "train")
        for name in getattr(wrong, part).difference(getattr(right, part))
    }
    assert changed == set(broken.wrong)
    assert RunSpec.from_dict(json.loads(json.dumps(wrong.to_dict()))) == wrong
    assert RunSpec.from_address(wrong.to_address()) == wrong
    for text in (broken.title, broken.idea, broken.mend):
        assert text
        assert "!" not in text


@pytest.mark.slow
def test_a_leak_shows_in_figures() -> None:
    """The loss that it is judged by lies clearly below that on names it never read."""
    last = {e.split: e.loss for e in to_the_end(case("leaked-split").spec) if hasattr(e, "split")}
    assert last[HONEST] - last["validation"] > 0.5
    right = [e.loss for e in to_the_end(case("leaked-split").repaired) if hasattr(e, "split")]
    assert right[-1] - last["validation"] > 0.3  # and below that of far more names


def test_only_cases_are_looked_into_without_regard_for_time() -> None:
    assert all(share(of) == math.inf for c in CASES for of in (c.spec, c.repaired))
    assert share(default_spec(CorpusSpec(name="names"), "mlp")) == SHARE


def test_an_unknown_case_is_one_sentence() -> None:
    with pytest.raises(UnknownName, match="rate-too-high"):
        case("rate-to-high")
    assert case("dead-relu") in gallery.CASES


@pytest.mark.slow
def test_a_case_started_as_any_run_is_kept_with_its_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    store, broken = RunStore(), case("no-zero-grad")
    name = store.create("ada", broken.title, broken.spec.to_dict())
    assert worked(store, name) == "finished"
    kept = store.since(Diagnosed, name)
    assert [row["code"] for row in kept if row["severity"] == "alarm"] == [broken.expected]
    assert kept[0]["cure"]
    looked = store.since(Examined, name)
    assert [row["step"] for row in looked] == [1, 2, 3, 5, 8, 12, 18, 27, 41, 62, 93, 140]
    assert looked[1]["data"]["grad_difference"] > 0.1
    assert store.get(name).spec["fault"] == "no-zero-grad"

"""The steps in order, within their time. Seconds here are those of a machine that takes a
stated time for each step, so that nothing hangs on the speed of this one."""

import pytest

from lm_core.doctor import steps
from lm_core.doctor.plan import Plan
from lm_core.doctor.steps import examine
from lm_core.training import loop
from lm_core.training.events import Diagnosed, Found
from tests.doctor.patients import BY_GRADIENT, Machine, patient
from tests.marks import most_slow

FAMILIES = ["neural-bigram", "mlp", "lstm", "transformer"]
QUICK = 0.01  # seconds of a step


def taken(
    family: str, step: float = QUICK, *, seed: int = 0, **plan
) -> tuple[dict[str, list[dict]], list[Diagnosed]]:
    found: dict[str, list[dict]] = {}
    verdicts = []
    machine = Machine(step, each_look=step)
    who = machine.runs(patient(family, seed=seed))
    for event in examine(who, Plan(**plan), clock=machine.clock):
        if isinstance(event, Found):
            found.setdefault(event.part, []).append(event.data)
        else:
            verdicts.append(event)
    return found, verdicts


@pytest.mark.parametrize("family", most_slow(FAMILIES, quick=["neural-bigram"]))
def test_each_step_has_a_verdict(family: str) -> None:
    found, verdicts = taken(family, seconds=12.0)
    assert list(found) == ["texts", "init", "overfit", "lr", "grid", "inside"]
    assert {v.step for v in verdicts} == {0, 1, 2, 3, 4, 5}
    assert all("verdicts" in data[-1] for data in found.values())
    assert not [v for v in verdicts if v.code == "out_of_time" and v.step != 3]


@pytest.mark.parametrize("step", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("family", most_slow(BY_GRADIENT, quick=["mlp"]))
def test_a_slow_machine_is_not_called_a_sick_model(family: str, step: float) -> None:
    """Ten to ten thousand times slower: what could not be seen is said to be out of time."""
    _, verdicts = taken(family, step, seconds=12.0)
    assert [v.text for v in verdicts if v.severity == "alarm"] == []
    short = [v for v in verdicts if v.code == "out_of_time"]
    assert {v.step for v in short} >= {2, 5}
    assert {(v.severity, v.cure) for v in short} == {("note", "Give it more time.")}
    assert all("ime was up" in v.text or "it takes" in v.text for v in short)


def test_the_same_steps_give_the_same_verdicts_on_any_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine sixteen times slower that is given sixteen times the time."""
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)  # or steps beyond a divergence are taken
    quick = taken("mlp", 1 / 128, seconds=4.0)
    slow = taken("mlp", 1 / 8, seconds=64.0)
    assert quick == slow


def test_what_is_found_grows() -> None:
    found, _ = taken("mlp", seconds=10.0, steps=("lr", "grid"))
    assert len(found["lr"]) > 2
    cells = [len(data["cells"]) for data in found["grid"]]
    assert cells == sorted(cells)
    assert cells[-1] >= 4


@pytest.mark.parametrize("family", ["bigram", "ngram"])
def test_what_counts_is_told_which_steps_make_no_sense(family: str) -> None:
    found, verdicts = taken(family)
    assert list(found) == ["texts", "init"]
    assert [v.code for v in verdicts[2:]] == ["not_for_counting"] * 4


@pytest.mark.parametrize("family", most_slow(["mlp", "transformer"], quick=["mlp"]))
def test_too_little_time_is_no_alarm(family: str) -> None:
    """What was not seen is said to be unseen."""
    _, verdicts = taken(family, seconds=2.0)
    assert not [v for v in verdicts if v.severity == "alarm"]


def test_a_stop_ends_it_at_once() -> None:
    assert list(examine(patient("mlp"), stop=lambda: True)) == []


def test_a_step_that_sees_nothing_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "LATE", -1.0)
    _, verdicts = taken("mlp", seconds=4.0, steps=("inside",))
    assert [v.code for v in verdicts] == ["out_of_time"]


def test_a_few_steps_are_too_few_to_call_it_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "INSIDE_STEPS", (3, 3))
    found, verdicts = taken("mlp", seconds=60.0, steps=("inside",))
    last = found["inside"][-1]
    assert last["done"]
    assert last["moved"][0]["step"] == 1
    of_last = {weight["name"]: weight["update_ratio"] for weight in last["weights"]}
    assert last["moved"][-1] == {"step": last["step"], "ratios": of_last}
    assert "healthy" in [v.code for v in verdicts]
    monkeypatch.setattr(steps.pace.Pace, "steps", lambda self, *given: 2)
    found, verdicts = taken("mlp", seconds=60.0, steps=("inside",))
    assert found["inside"][-1]["done"]
    assert [v.code for v in verdicts if v.severity == "ok"] == []
    assert verdicts[-1].code == "out_of_time"

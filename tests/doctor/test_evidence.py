"""No verdict without what was measured on both sides of its comparison, whatever was left out."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from lm_core.doctor.evidence import judges
from lm_core.doctor.judging import RULES, healthy, judge
from lm_core.doctor.record import Record
from lm_core.doctor.texts import TextFacts
from lm_core.doctor.verdicts import Verdict
from lm_core.training.events import Evaluated, Event, Step

FACTS = TextFacts(unigram=2.8, bigram=2.4, apart=0.001, leaked=0.0, looked_for=1000)
STEP = re.compile(r"\bstep ([\d,]+)")
KINDS = ("falls", "flat", "climbs", "recovers", "overfits")
ABOUT_VALIDATION = ("overfitting", "other_tokenizer")


def curve(kind: str, step: int, turn: int) -> tuple[float, float]:
    """Training and validation loss after so many steps, in a run that turns at one of them."""
    train = 1.8 + 1.5 * math.exp(-step / 40)
    held, late = train + 0.05, step >= turn
    if kind == "flat" and late:
        return 2.5, 2.55
    if kind == "climbs" and late:
        return train + 3.0, held + 3.0
    if kind == "recovers" and turn <= step < turn + 30:
        return train + 5.0, held + 5.0
    if kind == "overfits" and late:
        return train, held + 0.02 * (step - turn)
    return train, held


@st.composite
def runs(draw: st.DrawFn) -> list[Event]:
    """Steps, and evaluations after any of them, or none."""
    kind, steps = draw(st.sampled_from(KINDS)), draw(st.integers(1, 250))
    turn, noise = draw(st.integers(1, 250)), draw(st.sampled_from([0.0, 0.02, 0.2]))
    at = draw(st.sets(st.integers(1, steps), max_size=12))
    shake = draw(st.randoms(use_true_random=False))
    events: list[Event] = []
    for step in range(1, steps + 1):
        train, held = (x + shake.uniform(-noise, noise) for x in curve(kind, step, turn))
        events.append(Step(step, 1000 * step, 0.0, train, 1e-3, 0.5))
        if step in at:
            events.append(Evaluated(step, 1000 * step, "validation", held, 1000, True))
    return events


def named(text: str) -> set[int]:
    """Every step that a sentence names."""
    return {int(step.replace(",", "")) for step in STEP.findall(text)}


def check(verdict: Verdict, record: Record) -> None:
    evaluated = {scored.step for scored in record.scored}
    assert named(verdict.text) <= set(range(1, record.step + 1)), verdict.text
    about_training, _, about_validation = verdict.text.partition("validation")
    if verdict.code in ABOUT_VALIDATION or verdict.text.startswith("The validation"):
        assert named(verdict.text), verdict.text
        assert named(verdict.text) <= evaluated, verdict.text
    elif verdict.code == "healthy":
        assert named(about_training), verdict.text
        assert named(about_validation) <= {max(evaluated, default=0)}, verdict.text
        assert bool(about_validation) == bool(evaluated)


@given(runs())
def test_a_verdict_names_steps_that_were_measured(events: list[Event]) -> None:
    record = Record(uniform=math.log(27), epoch=20_000, facts=FACTS)
    for event in events:
        record.add(event)
        if isinstance(event, Evaluated) or event is events[-1]:
            for verdict in judge(record):
                check(verdict, record)
    check(healthy(record), record)


@given(runs())
def test_what_could_not_be_checked_is_not_counted_as_passed(events: list[Event]) -> None:
    record = Record(uniform=math.log(27), epoch=20_000)
    for event in events:
        record.add(event)
    able = [rule for rule in RULES if judges(rule, record)]
    assert healthy(record).text.startswith(f"{len(able)} of {len(RULES)} rules")
    unable = {"saturated", "dead_units", "leaked_split", "rate_too_low", "evaluated_in_train_mode"}
    if len(record.scored) < 3:
        unable.add("overfitting")
    assert not unable & {rule.__name__ for rule in able}


def test_a_rule_that_lacks_its_evidence_is_silent() -> None:
    assert not any(judges(rule, Record(uniform=math.log(27), epoch=100)) for rule in RULES)
    assert list(judge(Record(uniform=math.log(27), epoch=100))) == []

"""One voice: of any history, what is said of it in four places never contradicts itself."""

import math
import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.doctor.health import Health
from lm_core.doctor.judgement import MEND, Judgement, judged, last_words
from lm_core.doctor.reading import BY_HEART, MEANING
from lm_core.doctor.record import Record
from lm_core.doctor.texts import TextFacts
from lm_core.training.events import Diagnosed, Evaluated, Event, Failed, Finished, Step

FACTS = TextFacts(unigram=2.8, bigram=2.4, apart=0.001, leaked=0.0, looked_for=1000)
V = 27


def row(code: str, severity: str, step: int) -> dict:
    return {"code": code, "severity": severity, "step": step}


def test_the_last_word_on_each_matter_counts_and_alarms_come_first() -> None:
    rows = [row("a", "ok", 1), row("b", "note", 2), row("c", "alarm", 3), row("a", "note", 4)]
    assert [(r["code"], r["severity"]) for r in last_words(rows)] == [
        ("c", "alarm"),
        ("b", "note"),
        ("a", "note"),
    ]


def test_where_it_stands_names_its_step_and_calls_no_ill_run_well() -> None:
    points = pd.DataFrame({"step": [1, 1371], "train_nats": [3.0, 2.0]})
    nothing = pd.DataFrame({"step": [], "nats": []})
    well = judged(points, nothing)
    assert well.standing("running") == "Training, step 1,371."
    assert well.standing("finished") == "Done: the budget is spent, after step 1,371."
    assert well.standing("finished", early=True) == "Done: it ended early, after step 1,371."
    ill = judged(points, nothing, [row("saturated", "alarm", 1)])
    assert ill.standing("running") == f"Training, step 1,371: {MEND}."
    assert ill.standing("finished") == f"The budget is spent, after step 1,371: {MEND}."
    assert judged(points[:0], nothing).standing("running") == "Training."


def test_a_run_that_went_on_after_its_end_is_not_healthy_beside_an_alarm() -> None:
    points = pd.DataFrame({"step": [1, 90], "train_nats": [3.0, 2.0]})
    nothing = pd.DataFrame({"step": [], "nats": []})
    found = [row("healthy", "ok", 50), row("rate_too_high", "alarm", 87)]
    assert [r["code"] for r in judged(points, nothing, found).findings] == ["rate_too_high"]


# Histories ---------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """A run of some steps, its losses and evaluations wandering from one level to another; some
    stop being numbers."""
    length = draw(st.integers(1, 260))
    levels = st.sampled_from([1.2, 1.9, 2.0, 2.04, 2.1, 2.4, 2.8, 3.3, 4.5, 9.0])
    train = [draw(levels) for _ in range(4)]
    held = [draw(levels) for _ in range(4)]
    every = draw(st.sampled_from([5, 20, 60, 300]))
    noise = draw(st.sampled_from([0.0, 0.01, 0.1]))
    breaks = draw(st.sampled_from([None, None, None, length, max(1, length // 2)]))
    events: list[Event] = []
    for step in range(1, length + 1):
        jitter = noise * math.sin(12.9898 * step)
        nats = _between(train, step / length) + jitter
        nats = math.nan if breaks == step else nats
        events.append(Step(step, 1000 * step, 0.1 * step, nats, 0.01, 0.5))
        if math.isnan(nats):
            return [*events, Failed(step, "It diverged.")]
        if step == 1 or step % every == 0 or step == length:
            score = _between(held, step / length) - jitter
            events.append(Evaluated(step, 1000 * step, "validation", score, 1000, True))
    return [*events, Finished(length, 1000 * length, 0.1 * length, "budget")]


def _between(levels: list[float], share: float) -> float:
    """On the way through the levels, in straight lines."""
    at = min(int(share * (len(levels) - 1)), len(levels) - 2)
    part = share * (len(levels) - 1) - at
    return (1 - part) * levels[at] + part * levels[at + 1]


def looked_at(events: list[Event], *, counts: bool, over: bool) -> Judgement:
    """What a page makes of the events so far."""
    points = [(e.step, e.loss) for e in events if isinstance(e, Step)]
    scores = [(e.step, e.loss) for e in events if isinstance(e, Evaluated)]
    found = [
        {"code": e.code, "severity": e.severity, "step": e.step, "text": e.text}
        for e in events
        if isinstance(e, Diagnosed)
    ]
    return judged(
        pd.DataFrame(points, columns=["step", "train_nats"]).astype(float),
        pd.DataFrame(scores, columns=["step", "nats"]).astype(float),
        found,
        counts=counts,
        over=over,
    )


@given(histories(), st.booleans(), st.sampled_from([3_000, 100_000, 10**9]), st.data())
@settings(max_examples=60, deadline=None)
def test_four_voices_never_contradict_each_other(
    run: list[Event], counts: bool, epoch: int, data: st.DataObject
) -> None:
    record = Record(uniform=math.log(V), epoch=epoch, descends=not counts)
    heard = list(Health(record, count=lambda: FACTS, tokens=10).listen(iter(run)))
    cut = data.draw(st.integers(0, len(heard)))
    for events, over in ((heard, True), (heard[:cut], False)):
        said = looked_at(events, counts=counts, over=over)
        assert_one_voice(said, events, counts=counts, over=over)


def assert_one_voice(said: Judgement, events: list[Event], *, counts: bool, over: bool) -> None:
    text, codes = said.reading.text, {row["code"] for row in said.noted}
    praise = any(meaning in text for meaning in MEANING.values())
    if codes:
        assert not praise, (text, codes)
    if said.reading.code != "diverged" and codes:
        first = said.noted[0]  # the gravest: the sentence leads to it, by its step
        assert f"at step {first['step']:,}, see below: {first['code'].replace('_', ' ')}." in text
    if BY_HEART in text:
        assert "overfitting" in codes
    if said.grave:
        assert "healthy" not in {row["code"] for row in said.findings}
        assert MEND in said.standing("running")
        assert MEND in said.standing("finished")
        assert "Done" not in said.standing("finished")
    else:
        assert MEND not in said.standing("running")
    if over:
        assert "Too early" not in text
    if counts:
        assert "Too" not in text
        assert "diverged" not in text
    scores = {e.step: e.loss for e in events if isinstance(e, Evaluated)}
    assert said.headline == (max(scores.items()) if scores else None)
    if said.reading.validation is not None:
        assert said.headline == (said.reading.until, said.reading.validation.after)
    if over and "overfitting" in codes:  # the figures of the end, as the headline's
        (found,) = (row for row in said.noted if row["code"] == "overfitting")
        step, nats = said.headline
        assert f"is {nats:.2f} at step {step:,}" in found["text"]
    taken = {e.step for e in events if isinstance(e, Step)}
    assert said.step == max(taken, default=0)
    for sentence in (text, *(row["text"] for row in said.findings)):
        named = re.findall(r"step ([\d,]+)", sentence)
        assert {int(step.replace(",", "")) for step in named} <= taken, sentence

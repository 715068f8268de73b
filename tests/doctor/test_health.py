"""Each rule at both sides of its threshold, and healthy runs of every family, which raise nothing.

What a record holds is compared with a plain reading of the events.
"""

import copy
import json
import math
from dataclasses import replace
from statistics import median

import pytest
import torch

from lm_core.doctor import health, judging
from lm_core.doctor.health import Health
from lm_core.doctor.judging import RULES, judge
from lm_core.doctor.record import STEPS, TOKENS, Record
from lm_core.doctor.texts import TextFacts
from lm_core.models.mlp import MLPSettings
from lm_core.runs.gallery import run
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import (
    Diagnosed,
    Evaluated,
    Event,
    Examined,
    Failed,
    Finished,
    Sampled,
    Step,
)
from tests.marks import most_slow
from tests.tiny import READERS, TEXT, encoded, tiny_model

FACTS = TextFacts(unigram=2.8, bigram=2.4, apart=0.001, leaked=0.0, looked_for=1000)
BY_GRADIENT = [entry.name for entry in READERS if entry.build.learns_by != "counting"]


def steps(*nats: float, lr: float = 1e-3, norm: float = 0.5, tokens: int = 1000) -> list[Step]:
    return [Step(i, i * tokens, 0.0, x, lr, norm) for i, x in enumerate(nats, start=1)]


def evaluated(step: int, nats: float) -> Evaluated:
    return Evaluated(step, 0, "validation", nats, 1000, True)


def lived(nats: list[float], scores: dict[int, float]) -> list[Event]:
    """Steps, and evaluations after some of them."""
    events = []
    for step in steps(*nats):
        events.append(step)
        if step.step in scores:
            events.append(evaluated(step.step, scores[step.step]))
    return events


def layer(name="hidden", kind="tanh", slope=1e-3, **shares) -> dict:
    blank = dict.fromkeys(("saturated", "saturated_values", "dead", "units"))
    return {"name": name, "kind": kind, "gradient": {"std": slope}, **blank, **shares}


def examined(step: int, *layers: dict, ratio: float = 1e-3, apart: float | None = 0.0) -> Examined:
    weights = [{"name": "w", "update_ratio": ratio}]
    return Examined(step, {"layers": list(layers), "weights": weights, "grad_difference": apart})


def record(*events: Event | list, **known) -> Record:
    found = Record(**({"uniform": math.log(27), "epoch": 10_000, "facts": FACTS} | known))
    for event in events:
        for one in event if isinstance(event, list) else [event]:
            found.add(one)
    return found


def said(*events: Event | list, **known) -> dict[str, str]:
    return {verdict.code: verdict.severity for verdict in judge(record(*events, **known))}


def falling(n: int = 100, start: float = 3.3, end: float = 2.2) -> list[float]:
    return [end + (start - end) * math.exp(-i / 20) for i in range(n)]


WELL = [steps(*falling()), evaluated(90, 2.3), examined(100, layer(saturated_values=0.3))]


def test_nothing_is_said_of_a_run_that_goes_well() -> None:
    assert said(*WELL) == {}
    assert said() == {}


SICK = {
    "diverged": ([steps(*falling(), math.nan)], {}),
    "rate_too_high": ([steps(*falling(), *[2.9] * 10)], {}),
    "rate_too_low": ([steps(*falling(120, 3.3, 3.25)), examined(99, layer(), ratio=1e-5)], {}),
    "confident_start": ([steps(9.0, *falling())], {}),
    "saturated": ([examined(1, layer(saturated_values=0.6))], {}),
    "dead_units": ([examined(50, layer(kind="relu", dead=0.6))], {}),
    "exploding_gradients": (
        [steps(*falling()), Step(101, 0, 0, 2.2, 1e-3, 40.0)],
        {"train": TrainSettings(grad_clip=0.0)},
    ),
    "vanishing_gradients": (
        [examined(9, layer("a", slope=1e-9), layer("b", slope=1e-4), layer("logits"))],
        {},
    ),
    "gradients_pile_up": ([examined(9, layer(), apart=0.4)], {}),
    "overfitting": ([lived(falling(), {40: 2.3, 60: 2.4, 80: 2.5})], {}),
    "leaked_split": ([], {"facts": replace(FACTS, leaked=0.2)}),
    "other_tokenizer": ([], {"facts": replace(FACTS, apart=0.6)}),
    "learns_only_frequencies": ([steps(3.3, 3.0, *[2.81] * 220)], {}),
    "evaluated_in_train_mode": ([steps(*falling())], {"twice": (2.51, 2.50, 20)}),
    "not_a_distribution": ([], {"total": (8.8, True, 1)}),
}
LESS = {
    "rate_too_high": ([steps(*falling(), *[2.45] * 10)], {}),
    "rate_too_low": ([steps(*falling(120, 3.3, 3.0)), examined(99, layer(), ratio=1e-5)], {}),
    "confident_start": ([steps(3.7, *falling())], {}),
    "saturated": ([examined(1, layer(saturated_values=0.4))], {}),
    "dead_units": ([examined(50, layer(kind="relu", dead=0.2))], {}),
    "exploding_gradients": (
        [steps(*falling()), Step(101, 0, 0, 2.2, 1e-3, 9.0)],
        {"train": TrainSettings(grad_clip=0.0)},
    ),
    "vanishing_gradients": (
        [examined(9, layer("a", slope=1e-7), layer("b", slope=1e-4), layer("logits"))],
        {},
    ),
    "gradients_pile_up": ([examined(9, layer(), apart=0.05)], {}),
    "overfitting": ([lived(falling(), {40: 2.3, 60: 2.33, 80: 2.36})], {}),
    "leaked_split": ([], {"facts": replace(FACTS, leaked=0.005)}),
    "other_tokenizer": ([], {"facts": replace(FACTS, apart=0.15)}),
    "learns_only_frequencies": ([steps(3.3, 3.0, *[2.65] * 220)], {}),
    "evaluated_in_train_mode": ([steps(*falling())], {"twice": (2.51, 2.51, 20)}),
    "not_a_distribution": ([], {"total": (1.00005, True, 1)}),
}


def test_every_rule_has_a_case_here() -> None:
    assert set(SICK) == {rule.__name__ for rule in RULES} == {*LESS, "diverged"}


@pytest.mark.parametrize("code", SICK)
def test_beyond_its_threshold_a_rule_speaks(code: str) -> None:
    events, known = SICK[code]
    (verdict,) = judge(record(*events, **known))
    assert (verdict.code, verdict.severity) == (code, "alarm")
    assert verdict.cure
    assert verdict.text[0].isupper()
    assert verdict.text.endswith(".")
    assert json.loads(json.dumps(verdict.to_dict()))["code"] == code


@pytest.mark.parametrize("code", LESS)
def test_on_this_side_of_it_there_is_no_alarm(code: str) -> None:
    events, known = LESS[code]
    assert "alarm" not in said(*events, **known).values()


def test_notes_where_there_is_something_to_know() -> None:
    wild = [steps(*falling()), Step(101, 0, 0, 2.2, 1e-3, 40.0)]
    assert said(*wild) == {"exploding_gradients": "note"}  # it was clipped to 1
    assert said(examined(50, layer(kind="relu2", dead=0.4))) == {"dead_units": "note"}
    assert said(facts=replace(FACTS, leaked=0.02)) == {"leaked_split": "note"}


def test_a_layer_that_has_made_up_its_mind_later_is_no_fault() -> None:
    """The highest one of a WaveNet over running text has all its numbers beyond 0.97 from step 115
    on, while validation falls to 1.69 nats: its own recipe."""
    assert said(examined(115, layer(saturated_values=1.0))) == {}
    assert said(examined(1, layer(kind="sigmoid", saturated_values=0.9))) == {}


def test_the_control_is_the_setting_that_mends_it() -> None:
    def controls(code: str, **more) -> str:
        events, known = SICK[code]
        return next(judge(record(*events, **(known | more)))).control

    assert controls("rate_too_high") == controls("rate_too_low") == "train.lr"
    assert controls("exploding_gradients") == "train.grad_clip"
    assert controls("diverged", train=TrainSettings(grad_clip=0.0)) == "train.grad_clip"
    assert controls("diverged") == "train.lr"
    for code in ("confident_start", "saturated"):
        assert controls(code, model=MLPSettings(init="naive")) == "model.init"
    assert controls("overfitting", train=TrainSettings(keep_best=False)) == "train.keep_best"
    assert controls("overfitting") == "train.patience"
    assert controls("overfitting", train=TrainSettings(patience=6)) == ""


def test_a_run_that_keeps_its_best_and_ends_in_time_is_no_alarm() -> None:
    events, _ = SICK["overfitting"]
    in_time = TrainSettings(patience=6)
    assert said(*events)["overfitting"] == "alarm"
    assert said(*events, train=in_time)["overfitting"] == "note"
    found = next(v for v in judge(record(*events, train=in_time)) if v.code == "overfitting")
    assert found.cure.startswith("The weights of step 40 are kept.")


def test_a_text_read_for_the_first_time_is_not_overfitted() -> None:
    events, _ = SICK["overfitting"]
    assert said(*events, epoch=10**6) == {}


def test_a_second_tokenizer_is_seen_in_the_losses_too() -> None:
    """Of two vocabularies in order of frequency the frequent tokens agree."""
    rising = [lived(falling(), {50: 3.4, 100: 3.6})]
    assert said(*rising, epoch=10**6) == {"other_tokenizer": "alarm"}
    assert "other_tokenizer" not in said(*rising, epoch=1000)
    early = [evaluated(1, 3.31), steps(*falling())]
    assert said(*early, epoch=10**6) == {}


def test_a_rate_is_too_low_only_after_the_warm_up() -> None:
    slow, looked = falling(120, 3.3, 3.25), examined(60, layer(), ratio=1e-5)
    for top, expected in ((119, {}), (40, {"rate_too_low": "alarm"}), (61, {})):
        rates = [min(i, top) * 1e-5 for i in range(1, 121)]
        each = zip(range(1, 121), slow, rates, strict=True)
        rising = [Step(i, i * 1000, 0.0, x, rate, 0.5) for i, x, rate in each]
        assert said(rising, looked) == expected, top
    assert said(steps(*slow), examined(119, layer(), ratio=0.01)) == {}  # the weights do move
    assert said(steps(*slow)) == {}  # nobody looked


def test_a_single_bad_step_is_no_rise() -> None:
    assert said(steps(*falling(), 1e9, *[2.2] * 10)) == {}


@pytest.mark.parametrize("code", ["diverged", "rate_too_high", "rate_too_low", "overfitting"])
def test_what_the_losses_of_a_game_do_is_no_fault(code: str) -> None:
    """A judge's loss rises while the maker learns."""
    events, known = SICK[code]
    assert code in said(*events, **known)
    assert code not in said(*events, game=True, **known)


def test_a_family_that_counts_is_judged_by_its_texts_alone() -> None:
    leaky = replace(FACTS, leaked=0.5)
    assert said(steps(9.0, *falling()), descends=False, facts=leaky) == {"leaked_split": "alarm"}


@pytest.mark.parametrize("tokens", [10, 1000])
def test_the_loss_is_the_median_of_the_last_steps(tokens: int) -> None:
    nats = [3 + math.sin(i) for i in range(600)]
    found = record(steps(*nats, tokens=tokens))
    size = max(STEPS, math.ceil(TOKENS / tokens))
    plain = [median(nats[max(0, i - size) : i]) for i in range(1, 601)]
    assert found.losses == pytest.approx(plain)
    assert found.loss == pytest.approx(plain[-1])
    assert found.best == pytest.approx(min(plain[size - 1 :]))
    assert (found.first, found.step, found.tokens) == (3.0, 600, 600 * tokens)


@pytest.mark.parametrize(
    ("nats", "tokens"),
    [
        ([3.0, *[1.0] * 4, *[3.0] * 40], TOKENS),  # too few steps,
        ([3.0, *[1.0] * 19, *[3.0] * 600], TOKENS // 400),  # or too few tokens
    ],
)
def test_luck_at_the_start_is_no_best(nats: list[float], tokens: int) -> None:
    """The lowest loss is one of as many steps, and tokens, as a loss is the median of."""
    found = record(steps(*nats, tokens=tokens))
    assert min(found.losses) == 1.0
    assert found.best == 3.0


def test_the_worst_gradient_is_held_against_those_before_it() -> None:
    norms = [0.5, 0.7, 0.6, 0.8, 30.0, 2.0, 60.0, 1.0]
    found = record([Step(i, i, 0, 2.0, 1e-3, n) for i, n in enumerate(norms, start=1)])
    assert found.spike == (7, 60.0, pytest.approx(median(norms[:6])))


def test_a_run_that_goes_on_has_no_first_loss() -> None:
    assert said([Step(500, 9, 0, 9.0, 1e-3, 0.5), Step(501, 10, 0, 9.0, 1e-3, 0.5)]) == {}


# While it runs ----------------------------------------------------------------------------------


def heard(events: list[Event], **known) -> list[Event]:
    return list(Health(Record(uniform=math.log(27), epoch=10_000), **known).listen(iter(events)))


def test_verdicts_come_once_where_they_become_true_and_the_end_stays_last() -> None:
    run = [*steps(*falling(50), *[3.5] * 50), Finished(100, 0, 0.0, "budget")]
    found = heard(run)
    (alarm,) = (event for event in found if isinstance(event, Diagnosed))
    assert alarm.code == "rate_too_high"
    assert 55 <= alarm.step < 70
    assert [event for event in found if event is not alarm] == run
    assert found[-1] is run[-1]


def test_a_note_that_becomes_an_alarm_is_said_again() -> None:
    looks = [examined(s, layer(kind="relu", dead=d)) for s, d in ((9, 0.4), (18, 0.45), (27, 0.7))]
    events = sorted([*steps(*falling(30)), *looks], key=lambda event: event.step)
    found = [e for e in heard(events) if isinstance(e, Diagnosed)]
    assert [(e.step, e.severity) for e in found] == [(9, "note"), (27, "alarm")]


def overfits(best: float, then: list[float], **known) -> list[Diagnosed]:
    """The verdicts over a run whose validation falls to `best` and goes on as it does."""
    nats = [best + 0.5, best, *then]
    run: list[Event] = []
    for k, score in enumerate(nats, start=1):
        run += [*steps(*falling(10 * k))[-10:], evaluated(10 * k, score)]
    last = 10 * len(nats)
    return diagnosed([*run, Finished(last, 0, 0.0, "budget")], **known)


def test_what_holds_no_more_is_taken_back_and_the_run_ends_as_healthy() -> None:
    found = overfits(2.0, [2.3, 2.4, 2.4, 1.9, 1.8])
    of = [(e.step, e.code, e.severity) for e in found]
    assert of == [
        (40, "overfitting", "alarm"),
        (60, "overfitting", "ok"),
        (70, "healthy", "ok"),
    ]
    assert found[1].text.startswith("By step 60 this holds no more: Validation was best at step 20")


def test_at_the_end_a_verdict_has_the_figures_of_the_end() -> None:
    *_, last = overfits(2.0, [2.3, 2.4, 2.9, 6.69])
    assert (last.step, last.code, last.severity) == (60, "overfitting", "alarm")
    assert "is 6.69 at step 60" in last.text


def test_an_alarm_that_becomes_a_note_is_one() -> None:
    found = overfits(2.0, [2.3, 2.4, 2.1, 2.1])
    assert [(e.step, e.severity) for e in found][:2] == [(40, "alarm"), (50, "note")]


def test_an_infinite_evaluation_of_what_descends_has_run_away() -> None:
    found = heard([*steps(3.3, 3.2), evaluated(2, math.inf), Finished(2, 0, 0.0, "budget")])
    assert [e.code for e in found if isinstance(e, Diagnosed)] == ["diverged"]


def test_a_run_without_an_alarm_ends_as_healthy() -> None:
    found = heard([*steps(*falling()), Finished(100, 0, 0.0, "budget")])
    assert [(e.code, e.severity) for e in found if isinstance(e, Diagnosed)] == [("healthy", "ok")]
    assert isinstance(found[-1], Finished)


def test_a_run_that_breaks_is_told_before_it_ends() -> None:
    found = heard([*steps(3.3, 3.2, math.nan), Failed(3, "It diverged.")])
    assert [type(event) for event in found[-2:]] == [Diagnosed, Failed]
    assert found[-2].code == "diverged"
    assert "step 3" in found[-2].text


def test_the_texts_are_counted_once_and_late() -> None:
    asked = []

    def count() -> TextFacts:
        asked.append(len(asked))
        return replace(FACTS, leaked=0.3)

    run = [*steps(*falling()), Finished(100, 0, 0.0, "budget")]
    events = heard(run, count=count, tokens=200_000)  # a quarter of them are read after 50 steps
    assert asked == [0]
    (leak,) = (e for e in events if isinstance(e, Diagnosed))
    assert 50 <= leak.step <= 56
    late = heard([*run[:9], Finished(9, 0, 0.9, "budget")], count=count, tokens=200_000)
    assert asked == [0, 1]
    assert "leaked_split" in {e.code for e in late if isinstance(e, Diagnosed)}
    heard([*run[:9], Finished(9, 0, 0.9, "stopped")], count=count, tokens=200_000)
    assert asked == [0, 1]  # who stops a run waits for it


def diagnosed(events: list[Event], **known) -> list[Diagnosed]:
    return [event for event in heard(events, **known) if isinstance(event, Diagnosed)]


@pytest.mark.parametrize("bundle", [1, 2, 7, 40, 200])
def test_verdicts_hang_on_no_clock(bundle: int) -> None:
    """A trainer reads losses back from its device ten times a second, so on a fast machine many of
    them come after the examination of a step in their midst."""
    ill = layer(kind="relu", dead=0.6)
    looks = {27: examined(27, layer()), 62: examined(62, ill, ratio=1e-5)}
    run, waiting = [], []
    for step in steps(*falling(120, 3.3, 3.25)):
        waiting.append(replace(step, seconds=100.0 * step.step / bundle))
        run += [looks[step.step]] if step.step in looks else []
        if step.step % bundle == 0 or step.step == 120:
            run, waiting = [*run, *waiting], []
    run.append(Finished(120, 0, 0.0, "budget"))
    found = diagnosed(run, count=lambda: FACTS, tokens=100_000)
    low = "rate_too_low"  # and once more in the figures of the end
    assert [(e.step, e.code) for e in found] == [(62, "dead_units"), (103, low), (120, low)]


def test_the_model_is_evaluated_twice_once_it_says_something() -> None:
    asked = []

    def twice() -> tuple[float, float]:
        asked.append(1)
        return 2.5, 2.6

    scores = [evaluated(s, n) for s, n in ((1, 3.29), (20, 2.52), (40, 2.4))]
    found = heard([*steps(*falling()), *scores, Sampled(1, "")], twice=twice)
    assert len(asked) == 1
    assert [e.code for e in found if isinstance(e, Diagnosed)] == ["evaluated_in_train_mode"]


@pytest.mark.parametrize("family", ["mlp", "mixture"])
def test_evaluating_twice_leaves_everything_as_it_was(family: str) -> None:
    tokenizer, train = encoded([TEXT])
    trainer = Trainer(
        NextToken(),
        tiny_model(family, tokenizer.vocab_size),
        {"train": train, "validation": train},
        settings=TrainSettings(batch_size=4, ema=0.9),
        budget=Budget(steps=3),
    )
    list(trainer.run())
    kept = copy.deepcopy(trainer.model.state_dict())
    first, second = health.twice(trainer)
    assert first == second > 0
    assert trainer.settings == TrainSettings(batch_size=4, ema=0.9)
    assert all(torch.equal(kept[k], v) for k, v in trainer.model.state_dict().items())


@pytest.mark.parametrize("family", most_slow(["mlp", "ngram", "mixture"], quick=["mlp", "ngram"]))
def test_it_listens_to_any_trainer_and_changes_nothing(family: str) -> None:
    tokenizer, train = encoded([TEXT])
    settings = TrainSettings(batch_size=4, eval_every=5, lr=1e-2)

    def losses(listened: bool) -> list[tuple[int, float]]:
        trainer = Trainer(
            NextToken(),
            tiny_model(family, tokenizer.vocab_size),
            {"train": train, "validation": train},
            settings=settings,
            budget=Budget(steps=12),
        )
        events = trainer.run()
        heard = Health.of(trainer).listen(events) if listened else events
        return [(e.step, e.loss) for e in heard if isinstance(e, Step | Evaluated)]

    assert losses(True) == losses(False)


# Healthy runs -----------------------------------------------------------------------------------


def alarms(family: str, seed: int, steps: int, corpus: str = "names") -> list[str]:
    spec = default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=steps), seed=seed)
    spec = spec.with_texts({"train.eval_every": str(steps // 3)})
    events = run(spec, looking=math.inf)  # at every step that may be looked into
    return [e.code for e in events if isinstance(e, Diagnosed) and e.severity == "alarm"]


@pytest.mark.parametrize("family", most_slow(BY_GRADIENT, quick=["neural-bigram", "mlp"]))
def test_a_healthy_run_raises_no_alarm(family: str) -> None:
    assert alarms(family, seed=0, steps=30) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("family", BY_GRADIENT)
def test_a_longer_healthy_run_raises_no_alarm_whatever_the_seed(family: str, seed: int) -> None:
    assert alarms(family, seed, steps=250) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("family", BY_GRADIENT)
def test_a_healthy_run_over_running_text_raises_no_alarm(family: str, seed: int) -> None:
    assert alarms(family, seed, 90, "speeches") == []


def test_thresholds_are_quoted_in_the_words() -> None:
    events, known = SICK["rate_too_high"]
    (verdict,) = judge(record(*events, **known))
    assert verdict.text == (
        "The training loss climbed from 2.21 nats at step 100 to 2.90 at step 106; more than 0.66 "
        "is not chance."
    )
    assert judging.healthy(record(*WELL, twice=(2.5, 2.5, 90))).text == (
        "12 of 15 rules could be asked, without an alarm: the training loss went from 3.30 at step "
        "1 to 2.21 nats at step 100, validation was 2.30 at step 90."
    )


# A climb that comes down again ------------------------------------------------------------------


@pytest.mark.parametrize("at", [20, 47, 58, 80])
def test_a_climb_that_comes_down_again_is_told(at: int) -> None:
    """Between two steps at which a run is judged, too."""
    nats = falling(150)
    nats[at : at + 6] = [10.0] * 6
    found = diagnosed([*steps(*nats), Finished(150, 0, 0.0, "budget")])
    assert [event.code for event in found] == ["rate_too_high"]
    assert "to 10.00 at step" in found[0].text


def test_a_climb_between_two_evaluations_is_told() -> None:
    """Where the losses in between were not seen to climb: the weights were wrong for a moment."""
    run = [lived(falling(150), {10: 3.1, 60: 10.2, 110: 2.4}), Finished(150, 0, 0.0, "budget")]
    (verdict,) = judge(record(*run))
    assert (verdict.code, verdict.severity) == ("rate_too_high", "alarm")
    assert verdict.text == (
        "The validation loss climbed from 3.10 nats at step 10 to 10.20 at step 60; more than 1.65 "
        "is not chance."
    )


def test_a_climb_of_validation_alone_is_not_the_rates_fault() -> None:
    """It overfits: training falls meanwhile, and validation does not come back."""
    rising = lived(falling(), {40: 2.3, 60: 3.4, 80: 4.5})
    assert set(said(rising)) == {"overfitting"}
    back = lived(falling(), {10: 2.5, 20: 3.8, 80: 2.4})  # a bad start does as much
    assert said(back) == {}

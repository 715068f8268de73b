import json
import math
from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from lm_core.doctor.patient import Patient
from lm_core.doctor.rates import (
    DIVERGED,
    JUDGED,
    LEAST,
    MOST,
    NOTHING,
    Kept,
    RangeTest,
    Rates,
    keep_rate,
    range_test,
    rates,
    sweep_rates,
)
from lm_core.models.contract import IGNORED
from lm_core.tasks.token_batches import TokenBatches
from lm_core.training.muon import Muon
from lm_core.training.optimizers import ADAM_SHARE
from tests.doctor.patients import BY_GRADIENT, ITEMS, RUNNING, last, patient, with_train
from tests.marks import most_slow


def batches_of(who: Patient) -> TokenBatches:
    return TokenBatches.of(
        who.data["train"], batch_size=who.train.batch_size, size=who.row, seed=who.seed, along=False
    )


def mean_nats(model: torch.nn.Module, batch: object) -> torch.Tensor:
    logits = model(batch.idx)[0].flatten(0, 1)
    total = F.cross_entropy(logits, batch.targets.flatten(), ignore_index=IGNORED, reduction="sum")
    return total / (batch.targets != IGNORED).sum()


def plain_loop(who: Patient, optimizers: list, model: torch.nn.Module, lrs: list) -> list[float]:
    """One step at each rate; `optimizers` are pairs of an optimizer and its share of the rate."""
    batches, nats = batches_of(who), []
    for step, lr in enumerate(lrs):
        loss = mean_nats(model, batches.at(step))
        nats.append(loss.item())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), who.train.grad_clip)
        for optimizer, share in optimizers:
            for group in optimizer.param_groups:
                group["lr"] = share * lr
            optimizer.step()
            optimizer.zero_grad()
    return nats


@pytest.mark.parametrize("data", [ITEMS, RUNNING], ids=["items", "text"])
def test_the_range_test_is_a_plain_loop(data: dict) -> None:
    who = patient("mlp", data, init="kaiming", train={"weight_decay": 0.0, "schedule": "cosine"})
    *_, found = range_test(who, steps=40, low=1e-4, high=1e-1)
    lrs = [1e-4 * 1000 ** (k / 39) for k in range(40)]
    model = who.fresh()
    adam = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.0)
    nats = plain_loop(who, [(adam, 1.0)], model, lrs)
    n = len(found.lr)
    assert n == 40 or found.diverged
    assert list(found.lr) == pytest.approx(lrs[:n])
    assert list(found.nats) == pytest.approx(nats[:n], rel=1e-3)


def test_muon_gives_adamw_its_share_of_each_rate() -> None:
    train = {"optimizer": "muon", "weight_decay": 0.0}
    who = patient("mlp", init="kaiming", train=train)
    *_, found = range_test(who, steps=20, low=1e-3, high=3e-2)
    lrs = [1e-3 * 30 ** (k / 19) for k in range(20)]
    model = who.fresh()
    inside = [model.layer.weight]
    rest = [p for p in model.parameters() if p is not model.layer.weight]
    adam = torch.optim.AdamW(rest, betas=(0.9, 0.95), weight_decay=0.0)
    muon = Muon(inside, lr=1.0, weight_decay=0.0)
    nats = plain_loop(who, [(muon, 1.0), (adam, ADAM_SHARE)], model, lrs)
    assert list(found.nats) == pytest.approx(nats, rel=1e-3)


def test_a_kept_rate_is_a_plain_loop() -> None:
    who = patient("mlp", init="kaiming", train={"weight_decay": 0.0, "warmup": 0.5, "ema": 0.9})
    *_, found = keep_rate(who, 2e-3, steps=20)
    model = who.fresh()
    adam = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.0)
    nats = plain_loop(who, [(adam, 1.0)], model, [2e-3] * 20)
    assert list(found.nats) == pytest.approx(nats, rel=1e-3)
    batches = batches_of(who)
    asked = [int((batches.at(k).targets != IGNORED).sum()) for k in range(20)]
    assert list(found.tokens) == asked
    quarter = sum(n * a for n, a in zip(nats[-5:], asked[-5:], strict=True)) / sum(asked[-5:])
    assert found.end == pytest.approx(quarter, rel=1e-3)


def test_smoothing_by_hand() -> None:
    tested = RangeTest((1e-3, 1e-2, 1e-1), (4.0, 2.0, 8.0), window=2.0)
    assert tested.smoothed == pytest.approx([4.0, (2 + 2) / 1.5, (1 + 1 + 8) / 1.75])
    assert RangeTest((1e-3,), (4.0,), window=1.0).smoothed == [4.0]


def test_the_suggestion_is_a_tenth_of_where_it_was_lowest() -> None:
    lrs = tuple(10.0**k for k in range(-5, 2))
    valley = RangeTest(lrs, (4.0, 3.9, 3.5, 2.0, 2.5, 2.9, 3.1), window=1.0)
    assert valley.range_lr == pytest.approx(1e-3)
    assert valley.diverged
    assert 2.0 * DIVERGED > 2.9
    assert not replace(valley, lr=lrs[:-1], nats=valley.nats[:-1]).diverged
    assert RangeTest(lrs, (3.0, 3.1, 3.2), window=1.0).range_lr is None  # it never fell
    assert RangeTest().range_lr is None
    assert not RangeTest().diverged


def test_it_stops_by_itself_when_the_loss_diverges() -> None:
    who = with_train(patient("mlp", init="kaiming"), grad_clip=0.0)
    *_, found = range_test(who, steps=60)
    assert found.diverged
    assert len(found.lr) < 60
    assert found.lr[-1] < MOST
    before = replace(found, lr=found.lr[:-1], nats=found.nats[:-1])
    assert not before.diverged


def test_not_a_number_ends_it_too() -> None:
    who = with_train(patient("rnn"), grad_clip=0.0)
    *_, found = range_test(who, steps=30, low=1.0, high=10.0)
    assert all(map(math.isfinite, found.nats))


@pytest.mark.parametrize("seed", most_slow([0, 1], quick=[0]))
@pytest.mark.parametrize("family", most_slow(["transformer", "lstm", "mlp"], quick=["mlp"]))
def test_the_suggested_rate_learns_better_than_rates_far_from_it(family: str, seed: int) -> None:
    who = patient(family, seed=seed)
    _, found = last(rates(who, steps=60, sweep_steps=40))

    def end(lr: float) -> float:
        *_, kept = keep_rate(who, lr, steps=40)
        return kept.end

    best = end(found.suggested)
    assert best < end(found.suggested / 30)
    assert best < end(min(MOST, found.suggested * 100))


@pytest.mark.parametrize(
    "family",
    most_slow(
        [f for f in BY_GRADIENT if f not in ("encoder", "mixture")],
        quick=["mlp"],
    ),
)
def test_a_sound_rate_is_no_alarm(family: str) -> None:
    _, found = last(rates(patient(family), steps=50, sweep_steps=40))
    assert found.verdict().severity != "alarm", found.verdict().text


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("data", [ITEMS, RUNNING], ids=["items", "text"])
@pytest.mark.parametrize("family", BY_GRADIENT)
def test_a_sound_rate_is_no_alarm_on_both_kinds_of_text(family: str, data: dict, seed: int) -> None:
    _, found = last(rates(patient(family, data, seed=seed)))
    assert found.verdict().severity != "alarm", found.verdict().text


@pytest.mark.parametrize(
    ("lr", "code"),
    most_slow(
        [(1e-6, "lr_low"), (3.0, "lr_high"), (10.0, "lr_high")],
        quick=[(1e-6, "lr_low"), (10.0, "lr_high")],
    ),
)
@pytest.mark.parametrize("family", most_slow(["mlp", "rnn"], quick=["mlp"]))
def test_a_rate_far_off_is_an_alarm(family: str, lr: float, code: str) -> None:
    _, found = last(rates(with_train(patient(family), lr=lr), steps=50, sweep_steps=40))
    verdict = found.verdict()
    assert (verdict.code, verdict.severity, verdict.control) == (code, "alarm", "train.lr")
    assert f"{found.suggested:.2g}" in verdict.cure


def ran(lr: float, end: float, *, steps: int = JUDGED, failed: bool = False) -> Kept:
    return Kept(lr, (4.0, *[end] * (steps - 1)), (10,) * steps, failed)


@pytest.mark.parametrize(
    ("end", "code", "severity"),
    [
        (2.0, "lr_ok", "ok"),
        (2.39, "lr_ok", "ok"),  # 4 - 2.39 is more than 80 % of 4 - 2
        (2.41, "lr_high", "note"),
        (2.99, "lr_high", "note"),
        (3.01, "lr_high", "alarm"),
    ],
)
def test_thresholds_of_a_rate_that_is_high(end: float, code: str, severity: str) -> None:
    found = Rates(1.0, RangeTest(), (ran(0.1, 2.0), ran(1.0, end)), done=True)
    assert (found.verdict().code, found.verdict().severity) == (code, severity)


@pytest.mark.parametrize(
    ("end", "code", "severity"),
    [
        (2.99, "lr_ok", "ok"),
        (3.01, "lr_low", "note"),
        (3.79, "lr_low", "note"),
        (3.81, "lr_low", "alarm"),
    ],
)
def test_thresholds_of_a_rate_that_is_low(end: float, code: str, severity: str) -> None:
    found = Rates(0.01, RangeTest(), (ran(0.01, end), ran(0.1, 2.0)), done=True)
    assert (found.verdict().code, found.verdict().severity) == (code, severity)


def test_of_rates_that_end_alike_the_lowest_is_suggested() -> None:
    sweep = (ran(0.1, 2.5), ran(0.2, 2.015), ran(0.4, 2.0), ran(0.8, 3.0), ran(1.6, 0, failed=True))
    assert Rates(0.4, RangeTest(), sweep).suggested == 0.2


def test_what_cannot_be_judged_is_said() -> None:
    tested = RangeTest((0.1, 1.0), (4.0, 2.0), window=1.0)
    early = Rates(0.01, tested, cut=True, done=True).verdict()
    assert (early.code, early.severity) == ("out_of_time", "note")
    assert "0.1" in early.text
    flat = Rates(0.1, tested, (ran(0.1, 4.0 - NOTHING / 2), ran(1.0, 4.0))).verdict()
    assert (flat.code, flat.severity) == ("lr_unknown", "alarm")


@pytest.mark.parametrize("slow", [ran(0.01, 3.9), ran(0.01, 3.9, steps=20)])
@pytest.mark.parametrize("steps", [15, JUDGED - 1])
@pytest.mark.parametrize("cut", [False, True])
def test_a_rate_is_not_called_wrong_for_want_of_time(slow: Kept, steps: int, cut: bool) -> None:
    sweep = (slow, ran(0.1, 2.0, steps=steps))
    for own in (0.01, 0.1):
        verdict = Rates(own, RangeTest(), sweep, cut=cut).verdict()
        assert verdict.code == ("out_of_time" if cut or own == 0.01 else "lr_ok")
        assert f"In {steps} steps" in verdict.text
    nothing = tuple(replace(kept, nats=(4.0,) * len(kept.nats)) for kept in sweep[1:])
    assert Rates(0.1, RangeTest(), nothing, cut=cut).verdict().code == "out_of_time"
    gone = ran(0.01, 2.0, failed=True)  # that it diverged takes no time to tell
    assert Rates(0.01, RangeTest(), (gone, *sweep[1:]), cut=cut).verdict().code == "lr_high"


@pytest.mark.parametrize("steps", most_slow([0, 1, 12, 30, 60, 90, 150], quick=[0, 1, 30, 60]))
def test_time_that_is_up_is_no_alarm(steps: int) -> None:
    """Wherever the tests of a sound rate are cut off."""
    asked = iter([False] * steps)
    stop = lambda: next(asked, True)  # noqa: E731
    _, found = last(rates(patient("mlp"), steps=25, sweep_steps=40, stop=stop))
    assert found.cut
    assert found.verdict().code == "out_of_time"


def test_rates_that_are_asked_for_are_compared_as_they_are() -> None:
    assert sweep_rates(0.01, 0.5, (1e-3, 1e-4)) == [1e-4, 1e-3, 0.5]
    who = with_train(patient("mlp"), lr=1e-3)
    (*_, data), found = last(rates(who, steps=8, sweep_steps=3, asked=(1e-2, 1e-3, 1e-4)))
    assert [row["lr"] for row in data["sweep"]] == [1e-4, 1e-3, 1e-2]
    assert all(len(row["nats"]) == 3 for row in data["sweep"])
    assert not found.cut


def test_the_rates_of_a_sweep() -> None:
    assert sweep_rates(0.01, 0.5) == pytest.approx([0.001, 0.01 / 3, 0.01, 0.03, 0.5])
    assert sweep_rates(0.01, 0.011) == pytest.approx([0.001, 0.01 / 3, 0.011, 0.03])
    assert sweep_rates(None, 0.1) == pytest.approx([0.01, 0.1 / 3, 0.1, 0.3])
    assert sweep_rates(MOST, LEAST) == pytest.approx([LEAST, 1.0, 10 / 3, MOST])


def test_a_run_cut_short_is_not_compared() -> None:
    asked = iter([False] * 90)
    _, found = last(rates(patient("mlp"), steps=20, sweep_steps=20, stop=lambda: next(asked, True)))
    assert found.done
    assert all(len(kept.nats) == 20 or kept.failed for kept in found.sweep)


def test_findings_grow_as_plain_json_and_leave_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    seen, found = last(rates(patient("mlp", dropout=0.3), steps=20, sweep_steps=10))
    assert torch.equal(torch.get_rng_state(), before)
    assert json.loads(json.dumps(seen, allow_nan=False)) == seen
    assert seen[-1] == found.data()
    assert [data["done"] for data in seen].index(True) == len(seen) - 1
    sizes = [(len(data["lr"]), sum(len(s["nats"]) for s in data["sweep"])) for data in seen]
    assert sizes == sorted(sizes)
    assert {"lr", "nats", "suggested_lr", "sweep"} <= set(seen[-1])

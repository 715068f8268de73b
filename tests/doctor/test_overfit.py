import json
import math
from collections import Counter, defaultdict
from dataclasses import replace
from functools import cache

import pytest
import torch
from torch.nn import functional as F

from lm_core.doctor.overfit import CLOSE, LOOK_EVERY, MARGIN, Overfit, allowed, few_rows, overfit
from lm_core.doctor.patient import Patient
from lm_core.encoded import encode_documents
from lm_core.models.contract import IGNORED
from lm_core.tasks.token_batches import TokenBatch
from lm_core.windows import cut
from tests.doctor.patients import (
    BY_GRADIENT,
    ITEMS,
    RUNNING,
    TOKENIZER,
    last,
    patient,
    with_train,
)
from tests.marks import most_slow

TEXTS = {"items": ITEMS, "text": RUNNING}
SOME = most_slow(
    [f for f in BY_GRADIENT if f != "encoder"],
    quick={*BY_GRADIENT} - {"lstm", "gru", "encoder-decoder", "mixture", "ensemble", "wavenet"},
)


def batch_of(who: Patient, rows: int | None = None) -> TokenBatch:
    few = few_rows(who.data["train"], who.row, rows)
    return TokenBatch.of(few.ids, cut(few, who.row))


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_the_curve_is_that_of_a_plain_loop(kind: str, clip: float) -> None:
    who = patient("mlp", TEXTS[kind], dropout=0.5, init="kaiming")
    who = with_train(who, lr=2e-3, grad_clip=clip, weight_decay=1.0)
    _, found = last(overfit(who, steps=30))
    assert found.steps == (0, 10, 20, 30)

    model = who.fresh(replace(who.settings, dropout=0.0))  # nothing hidden, no decay
    batch = batch_of(who)
    asked = int((batch.targets != IGNORED).sum())
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.95), weight_decay=0.0)
    nats = []
    for step in range(31):
        logits = model(batch.idx)[0]
        total = F.cross_entropy(
            logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORED, reduction="sum"
        )
        if step % LOOK_EVERY == 0:
            nats.append(total.item() / asked)
        (total / asked).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip or math.inf)
        optimizer.step()
        optimizer.zero_grad()
    guesses = logits.detach().argmax(-1)

    assert list(found.nats) == pytest.approx(nats, rel=1e-4)
    assert found.tokens == asked
    right = ((guesses == batch.targets) & (batch.targets != IGNORED)).sum().item()
    assert found.accuracy == pytest.approx(right / asked)


def entropy(pairs: list[tuple]) -> float:
    """Nats per pair of what follows, once what comes before is known: by its definition."""
    after = defaultdict(Counter)
    for context, target in pairs:
        after[context][target] += 1
    total = 0.0
    for counts in after.values():
        for n in counts.values():
            total += n * -math.log(n / counts.total())
    return total / len(pairs)


@pytest.mark.parametrize(
    ("family", "changes", "reach"),
    [
        ("neural-bigram", {}, 1),
        ("mlp", {"context": 1}, 1),
        ("mlp", {"context": 3}, 3),
        ("wavenet", {"n_layer": 1}, 2),
        ("lstm", {}, 100),
        ("transformer", {}, 100),
        ("encoder-decoder", {}, 100),
        ("mixture", {"first": "bigram", "second": "mlp context=2"}, 2),
    ],
)
def test_the_target_is_what_the_rows_allow(family: str, changes: dict, reach: int) -> None:
    names = ["anna", "anne", "ann", "bea", "bella"]
    text = {"train": encode_documents(names, TOKENIZER, items=True)}
    _, found = last(overfit(patient(family, text, **changes), steps=10))
    pairs = []
    for name in names:
        whole = "\n" + name + "\n"
        for t in range(1, len(whole)):
            pairs.append((whole[max(0, t - reach) : t], whole[t]))
    assert found.target_nats == pytest.approx(entropy(pairs))
    assert found.tokens == len(pairs)


def test_whoever_sees_both_sides_is_asked_for_more() -> None:
    names = ["anna", "bela", "cora", "dana", "emma"]
    text = {"train": encode_documents(names, TOKENIZER, items=True)}
    who = patient("encoder", text)
    assert allowed(who.fresh(), batch_of(who)) == (0.0, 1.0)
    alike = {"train": encode_documents(["anna", "anne"], TOKENIZER, items=True)}
    who = patient("encoder", alike)  # the last letter is told by nothing else
    nats, accuracy = allowed(who.fresh(), batch_of(who))
    assert nats == pytest.approx(2 * math.log(2) / 10)
    assert accuracy == 9 / 10


@pytest.mark.parametrize("family", SOME)
def test_every_healthy_family_passes(family: str) -> None:
    passes(family, "items", 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("family", BY_GRADIENT)
def test_every_healthy_family_passes_on_both_kinds_of_text(
    family: str, kind: str, seed: int
) -> None:
    passes(family, kind, seed)


@cache
def whole(family: str, kind: str, seed: int) -> Overfit:
    """The test of a healthy family, taken to its end."""
    return last(overfit(patient(family, TEXTS[kind], seed=seed)))[1]


def passes(family: str, kind: str, seed: int) -> None:
    found = whole(family, kind, seed)
    assert (found.verdict().code, found.verdict().severity) == ("overfit_ok", "ok")
    assert found.lowest <= found.target_nats + MARGIN
    assert found.lowest > found.target_nats - 1e-3  # nobody can go below it
    assert found.accuracy > found.target_accuracy - 0.1


@pytest.mark.parametrize("family", most_slow(["lstm", "transformer", "mlp"], quick=["mlp"]))
def test_what_holds_learning_back_is_off(family: str) -> None:
    who = patient(family, dropout=0.8, train={"weight_decay": 5.0, "schedule": "cosine"})
    _, found = last(overfit(who))
    assert found.passed


def test_smoothing_and_penalties_are_off() -> None:
    assert last(overfit(patient("neural-bigram", l2=100.0)))[1].passed
    held = {"ar": 5.0, "tar": 5.0, "weight_drop": 0.5, "embedding_dropout": 0.5}
    assert last(overfit(patient("lstm", **held)))[1].passed
    mixed = {"first": "bigram", "second": "mlp dropout=0.9"}
    assert last(overfit(patient("mixture", **mixed, train={"optimizer": "adamw"})))[1].passed


@pytest.mark.parametrize("family", most_slow(["mlp", "transformer"], quick=["mlp"]))
@pytest.mark.parametrize("lr", [1e-6, 10.0])
def test_a_rate_far_off_fails(lr: float, family: str) -> None:
    who = with_train(patient(family), optimizer="adamw", lr=lr)
    _, found = last(overfit(who, steps=200))
    verdict = found.verdict()
    assert (verdict.code, verdict.severity, verdict.control) == (
        "cannot_overfit",
        "alarm",
        "train.lr",
    )
    assert f"{MARGIN} more passes" in verdict.text


@pytest.mark.slow
def test_a_model_that_is_too_small_fails() -> None:
    who = patient("lstm", n_layer=1, n_embd=1, n_hidden=1)
    assert last(overfit(who, steps=400))[1].verdict().code == "cannot_overfit"


def test_falling_when_time_is_up_is_no_alarm() -> None:
    falling = tuple(3.0 - 0.1 * k for k in range(21))
    found = Overfit(8, 60, tuple(range(0, 210, 10)), falling, 0.2, 0.3, 0.9, 0.01)
    assert not found.passed
    assert (found.verdict().code, found.verdict().severity) == ("out_of_time", "note")
    assert "after 200 of up to 2,000 steps" in found.verdict().text
    flat = replace(found, nats=(*falling[:10], *[1.5] * 11))
    assert flat.verdict().code == "out_of_time"  # it may be a plateau
    assert replace(flat, steps=tuple(range(0, 420, 20))).verdict().code == "cannot_overfit"
    assert replace(found, failure="It diverged.").verdict().text == "It diverged."


def test_when_its_steps_are_used_up_it_is_judged() -> None:
    falling = tuple(3.0 - 0.1 * k for k in range(21))
    found = Overfit(8, 60, tuple(range(0, 210, 10)), falling, 0.2, 0.3, 0.9, 0.01, most=200)
    assert (found.verdict().code, found.verdict().severity) == ("overfit_unfinished", "note")
    flat = replace(found, nats=(*falling[:10], *[1.5] * 11))
    assert flat.verdict().code == "cannot_overfit"


@pytest.mark.parametrize("kind", most_slow(TEXTS, quick=["items"]))
@pytest.mark.parametrize("family", SOME)
def test_a_healthy_family_that_is_cut_off_anywhere_is_no_alarm(family: str, kind: str) -> None:
    found = whole(family, kind, 0)
    for n in range(1, len(found.steps)):
        cut = replace(found, steps=found.steps[:n], nats=found.nats[:n])
        verdict = cut.verdict()
        assert verdict.code == ("overfit_ok" if cut.passed else "out_of_time"), verdict.text


@pytest.mark.parametrize("steps", [0, 1, 9, 52])
def test_a_stop_after_a_few_steps_is_no_alarm(steps: int) -> None:
    """As on a machine that is busy with something else."""
    asked = iter([False] * steps)
    who = with_train(patient("mlp"), lr=1e-5)
    _, found = last(overfit(who, stop=lambda: next(asked, True)))
    assert found.verdict().code == "out_of_time"


def test_it_goes_on_to_its_target_but_not_for_ever() -> None:
    _, found = last(overfit(patient("mlp")))
    first = next(k for k, n in enumerate(found.nats) if n <= found.target_nats + MARGIN)
    assert found.steps[-1] <= 2 * found.steps[first]
    assert found.nats[-1] <= found.target_nats + CLOSE


def test_it_stops_when_it_is_told_to() -> None:
    asked = iter([False] * 25)
    who = with_train(patient("transformer"), lr=1e-5)
    _, found = last(overfit(who, stop=lambda: next(asked, True)))
    assert found.done
    assert found.steps[-1] <= 25


def test_few_rows_of_a_text() -> None:
    text = RUNNING["train"]
    few = few_rows(text, 16, 3)
    assert len(few.ids) == 3 * 16 + 1
    assert torch.equal(few.ids, text.ids[:49])
    rows = cut(few, 16)
    assert rows.begin.tolist() == [0, 16, 32]
    assert rows.asked == 48
    items = few_rows(ITEMS["train"], 16, 3)
    assert TOKENIZER.decode(items.ids.tolist()) == "\nemma\nolivia\nava\n"
    everything = few_rows(ITEMS["train"], 16, 1000)
    assert torch.equal(everything.ids, ITEMS["train"].ids)


def test_a_text_of_two_tokens_is_enough() -> None:
    text = {"train": encode_documents(["ab"], TOKENIZER, items=False)}
    _, found = last(overfit(patient("mlp", text)))
    assert (found.rows, found.tokens, found.passed) == (1, 1, True)


def test_findings_grow_as_plain_json_and_leave_the_global_generator_alone() -> None:
    before = torch.get_rng_state()
    seen, found = last(overfit(patient("mlp", dropout=0.3), steps=30))
    assert torch.equal(torch.get_rng_state(), before)
    assert [len(data["steps"]) for data in seen[:-1]] == list(range(2, len(seen) + 1))
    assert [data["done"] for data in seen] == [False] * (len(seen) - 1) + [True]
    assert json.loads(json.dumps(seen[-1])) == seen[-1] == found.data()
    assert {"rows", "steps", "nats", "accuracy", "target_nats", "passed"} <= set(seen[-1])


def test_the_same_seed_learns_the_same() -> None:
    runs = [last(overfit(patient("encoder", seed=s), steps=10))[1].nats for s in (3, 3, 4)]
    assert runs[0] == runs[1] != runs[2]

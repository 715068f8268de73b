"""A batch read in pieces, and one that grows."""

import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, loop
from lm_core.training.events import Step
from tests.marks import most_slow
from tests.tiny import NAMES, TEXT, encoded, lively_model

TOKENIZER, RUNNING = encoded([TEXT])
ITEM_TOKENIZER, ITEMS = encoded(NAMES, items=True)
FAMILIES = ["transformer", "lstm", "mlp", "encoder-decoder"]


def make(
    family: str, kind: str, steps: int = 8, *, model: dict | None = None, **settings
) -> Trainer:
    tokenizer, data = (TOKENIZER, RUNNING) if kind == "text" else (ITEM_TOKENIZER, ITEMS)
    built = lively_model(family, tokenizer.vocab_size, block_size=8, **(model or {}))
    how = {"batch_size": 7, "lr": 1e-3, "schedule": "constant", "warmup": 0.0} | settings
    how["precision"] = "float32"  # sums of another order are equal to its last digits
    return Trainer(
        NextToken(),
        built,
        {"train": data},
        settings=TrainSettings(**how),
        budget=Budget(steps=steps),
    )


def gradients(training: Trainer) -> dict[str, torch.Tensor]:
    """Those of the last step."""
    training.optimizer.zero_grad = lambda set_to_none: None
    list(training.run())
    return {name: p.grad for name, p in training.model.named_parameters()}


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ["text", "items"])
@pytest.mark.parametrize("accumulate", most_slow([2, 7], quick=[7]))
def test_pieces_give_the_gradients_of_the_whole(family: str, kind: str, accumulate: int) -> None:
    whole = gradients(make(family, kind, steps=1, grad_clip=0.0))
    pieces = gradients(make(family, kind, steps=1, grad_clip=0.0, accumulate=accumulate))
    for name, gradient in whole.items():
        torch.testing.assert_close(pieces[name], gradient, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize(
    ("family", "kind", "penalty"),
    [
        ("lstm", "text", {"ar": 2.0, "tar": 1.0}),
        ("gru", "text", {"ar": 2.0}),
        ("lstm", "items", {"ar": 2.0}),  # rows of different length: each piece by its tokens
        ("neural-bigram", "items", {"l2": 0.5}),
    ],
)
@pytest.mark.parametrize("accumulate", [2, 7])
def test_a_penalty_weighs_the_same_in_pieces(
    family: str, kind: str, penalty: dict, accumulate: int
) -> None:
    without, whole, pieces = (
        gradients(make(family, kind, steps=1, grad_clip=0.0, model=changes, **how))
        for changes, how in (({}, {}), (penalty, {}), (penalty, {"accumulate": accumulate}))
    )
    apart = max(float((without[name] - g).abs().max()) for name, g in whole.items())
    assert apart > 1e-3  # it is felt
    for name, gradient in whole.items():
        torch.testing.assert_close(pieces[name], gradient, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("family", ["transformer", "lstm"])
@pytest.mark.parametrize("kind", ["text", "items"])
def test_pieces_give_the_curve_and_the_state_of_the_whole(family: str, kind: str) -> None:
    whole, pieces = make(family, kind), make(family, kind, accumulate=3)
    curves = [[e for e in t.run() if isinstance(e, Step)] for t in (whole, pieces)]
    assert [e.loss for e in curves[1]] == pytest.approx([e.loss for e in curves[0]], abs=1e-5)
    assert [e.tokens for e in curves[1]] == [e.tokens for e in curves[0]]
    if whole.state is not None:
        for one, other in zip(whole.state, pieces.state, strict=True):
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("family", ["transformer", "lstm"])
def test_a_ramp_reads_a_quarter_first_and_the_whole_batch_later(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", -1.0)
    training = make(family, "text", steps=20, batch_size=8, ramp=0.6, accumulate=2)
    tokens = [e.tokens for e in training.run() if isinstance(e, Step)]
    rows = [(b - a) // 8 for a, b in zip([0, *tokens], tokens, strict=False)]
    assert rows == [2] * 4 + [4] * 4 + [6] * 4 + [8] * 8

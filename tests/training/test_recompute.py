"""Blocks computed again for the gradient: the same numbers, from less memory."""

from itertools import product

import pytest
import torch
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.models.recomputing import Part, parts, recompute
from lm_core.models.tracing import trace
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, memory
from lm_core.training.chance import seeded
from lm_core.training.events import Step
from lm_core.training.precision import Objective
from tests.marks import most_slow
from tests.tiny import OF_TEXT, TEXT, encoded, lively_model, some_ids, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
V = TOKENIZER.vocab_size
WITH_BLOCKS = ["transformer", "encoder", "encoder-decoder"]
HOW = [{}, {"accumulate": 3}, {"optimizer": "muon"}]


def make(again: bool, family: str = "transformer", *, steps: int = 1, **changes) -> Trainer:
    how = {k: changes.pop(k) for k in ("precision", "accumulate", "optimizer") if k in changes}
    return Trainer(
        NextToken(),
        lively_model(family, V, **changes),
        {"train": RUNNING},
        settings=TrainSettings(
            **({"batch_size": 8, "precision": "float32"} | how), recompute=again
        ),
        budget=Budget(steps=steps),
    )


def loss_and_gradients(training: Trainer, rows: int = 8) -> tuple[Tensor, list[Tensor]]:
    """Of the first batch, as a step computes them."""
    list(training.run())
    (batch,), _ = training.batches.parts(0, rows=rows)
    model = training.model.train()
    with seeded(0, 0, 0, training.device):
        nats, _, _ = Objective(model, training.arithmetic, training.task.loss)(*batch.inputs, None)
        gradients = torch.autograd.grad(nats.mean(), list(model.parameters()))
    return nats.detach(), list(gradients)


@pytest.mark.parametrize("precision", ["float32", "auto"])
@pytest.mark.parametrize("dropout", most_slow([0.0, 0.3], quick=[0.3]))
@pytest.mark.parametrize("family", WITH_BLOCKS)
def test_loss_and_gradients_are_the_same_to_the_last_bit(
    family: str, dropout: float, precision: str
) -> None:
    """The masks of dropout too; and where weights are rounded for the pass (auto, on a processor
    that multiplies bfloat16), with the rounded ones."""
    (kept, expected), (nats, gradients) = (
        loss_and_gradients(make(again, family, dropout=dropout, precision=precision))
        for again in (False, True)
    )
    assert torch.equal(nats, kept)
    assert all(torch.equal(g, e) for g, e in zip(gradients, expected, strict=True))


def test_gradients_come_from_the_weights_the_pass_was_made_with() -> None:
    """As `auto` does where the processor has bfloat16, here whatever the processor has."""
    model, rounding = lively_model("transformer").train(), torch.func.functional_call
    idx, given = some_ids(4, 16, 27), [p.detach().clone() for p in model.parameters()]
    found = []
    for again in (False, True):
        recompute(model, again)
        other = {name: 0.5 * p for name, p in model.named_parameters()}
        logits, _ = rounding(model, other, (idx,))
        found.append(torch.autograd.grad(logits.square().mean(), list(model.parameters())))
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))
    assert any(float(gradient.abs().max()) > 0 for gradient in found[0])
    assert all(map(torch.equal, model.parameters(), given))
    assert all(isinstance(p, torch.nn.Parameter) for p in model.parameters())


@pytest.mark.parametrize(
    ("family", "how"),
    most_slow(
        list(product(WITH_BLOCKS, HOW)),
        quick=[("encoder", HOW[0]), ("transformer", HOW[1]), ("transformer", HOW[2])],
    ),
    ids=str,
)
def test_a_training_is_the_same(family: str, how: dict) -> None:
    kept, again = (
        [e.loss for e in make(on, family, steps=5, dropout=0.2, **how).run() if isinstance(e, Step)]
        for on in (False, True)
    )
    assert len(kept) == 5
    assert kept == again


@pytest.mark.parametrize("family", [*WITH_BLOCKS, "mixture"])
def test_of_each_block_only_what_enters_is_kept(family: str) -> None:
    kept, again = (saved(make(on, family)) for on in (False, True))
    assert again < kept / 4


def test_a_block_costs_one_stream() -> None:
    """x (B, T, C) float32; the rest of what is kept is the same whatever the depth."""
    sizes = [saved(make(True, n_layer=n)) for n in (2, 5)]
    assert sizes[1] - sizes[0] == 3 * 8 * 16 * 32 * 4


def saved(training: Trainer) -> int:
    list(training.run())
    return memory.saved_bytes(training, 8)


def test_less_memory_is_what_the_advice_counts_with() -> None:
    each = []
    for on in (False, True):
        training = make(on)
        list(training.run())
        each.append(memory.needs(training)[1])
    assert each[1] < each[0] / 4


def test_off_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one model can be trained with it and then without."""
    training = make(True)
    model = training.model
    assert [part.recompute for part in parts(model)] == [True, True]
    Trainer(NextToken(), model, {"train": RUNNING}, settings=TrainSettings())
    monkeypatch.setattr(Part, "_again", lambda *_: pytest.fail("computed again"))
    logits, _ = model.train()(some_ids(2, 8, V))
    assert logits.requires_grad


def test_writing_and_looking_inside_keep_to_the_usual_path() -> None:
    model = lively_model("transformer", V)
    recompute(model, True)
    idx = some_ids(2, 8, V)
    expected, state = model(idx)
    assert len(state.layers[0]) == 2  # keys and values are there to write on from
    with trace(model.train()) as seen:
        logits, _ = model(idx)
    assert "blocks.0.attention.weights" in seen
    torch.testing.assert_close(logits, expected)


@pytest.mark.parametrize("family", ["transformer", "encoder-decoder"])
def test_exported_it_says_the_same(family: str) -> None:
    model = lively_model(family, V)
    recompute(model, True)
    idx = some_ids(2, 8, V)
    expected = model(idx)[0]
    program = torch.export.export(_Logits(model), (idx,)).module()
    torch.testing.assert_close(program(idx), expected)


class _Logits(torch.nn.Module):
    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, idx: Tensor) -> Tensor:
        return self.model(idx)[0]


@pytest.mark.slow
def test_compiled_training_computes_again_too() -> None:
    """With the backend that records and compiles nothing, so that no compiler is needed."""
    found = []
    for compiled in (False, True):
        model = lively_model("transformer", V).train()
        recompute(model, True)
        ask = torch.compile(_Logits(model), backend="aot_eager") if compiled else _Logits(model)
        loss = ask(some_ids(4, 16, V)).square().mean()
        found.append(torch.autograd.grad(loss, list(model.parameters())))
    for eager, compiled in zip(*found, strict=True):
        torch.testing.assert_close(compiled, eager)


@pytest.mark.parametrize("family", sorted({e.name for e in OF_TEXT} - {*WITH_BLOCKS, "mixture"}))
def test_families_without_blocks_say_so(family: str) -> None:
    model, how = tiny_model(family, V), TrainSettings(recompute=True)
    if model.learns_by == "counting":  # has no gradient, and no setting of the descent is read
        assert Trainer(NextToken(), model, {"train": RUNNING}, settings=how).optimizer is None
        return
    with pytest.raises(BadSettings, match="recompute is for Transformers"):
        Trainer(NextToken(), model, {"train": RUNNING}, settings=how)

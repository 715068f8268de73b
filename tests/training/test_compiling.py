"""Compiled steps, and what happens where there is no compiler; captured ones, where they can be."""

import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, compiling, cuda_graph
from lm_core.training.batches import Batch
from lm_core.training.callbacks import Callback
from lm_core.training.events import Diagnosed, Step
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])


def make(budget: Budget | None = None, **settings) -> Trainer:
    model = tiny_model("transformer", TOKENIZER.vocab_size, block_size=8)
    how = TrainSettings(**({"batch_size": 4, "lr": 1e-2} | settings))
    return Trainer(
        NextToken(), model, {"train": RUNNING}, settings=how, budget=budget or Budget(steps=6)
    )


def test_without_a_compiler_the_run_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise torch._dynamo.exc.BackendCompilerFailed(broken, RuntimeError("no gcc here"), None)

    monkeypatch.setattr(torch, "compile", lambda objective, **how: broken)
    events = list(make(compile="on").run())
    (note,) = [e for e in events if isinstance(e, Diagnosed)]
    assert (note.code, note.severity) == ("not_compiled", "note")
    assert "no gcc here" in note.text or "BackendCompilerFailed" in note.text
    losses = [e.loss for e in events if isinstance(e, Step)]
    assert losses == [e.loss for e in make(compile="off").run() if isinstance(e, Step)]


def test_out_of_memory_is_not_taken_for_a_missing_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch, "compile", lambda objective, **how: full)
    events = list(make(compile="on").run())
    assert [e.code for e in events if isinstance(e, Diagnosed)] == ["out_of_memory"]


def test_the_objective_is_one_graph() -> None:
    """A break would cost more than compiling gains."""
    training = make(precision="float32")
    objective = compiling.Objective(training.model, training.arithmetic, training.task.loss)
    idx = torch.zeros(2, 8, dtype=torch.int64)
    found = torch._dynamo.explain(objective)(idx, idx, None)
    assert (found.graph_count, found.graph_break_count) == (1, 0)


@pytest.mark.parametrize(
    ("family", "settings", "device", "expected"),
    [
        ("transformer", {}, "cuda", True),
        ("transformer", {}, "cpu", False),
        ("transformer", {"compile": "off"}, "cuda", False),
        ("transformer", {"accumulate": 2}, "cuda", False),
        ("transformer", {"ramp": 0.5}, "cuda", False),
        ("transformer", {"deterministic": True}, "cuda", False),
        ("lstm", {}, "cuda", False),
        ("encoder", {}, "cuda", False),
        ("mlp", {}, "cuda", True),
    ],
)
def test_which_runs_are_captured(family: str, settings: dict, device: str, expected: bool) -> None:
    model = tiny_model(family, TOKENIZER.vocab_size, block_size=8)
    training = Trainer(NextToken(), model, {"train": RUNNING}, settings=TrainSettings(**settings))
    training.device = torch.device(device)
    assert cuda_graph.wanted(training) is expected


def test_a_step_is_captured_after_three_of_its_shape_when_nobody_watches() -> None:
    stepper = cuda_graph.GraphStep(make())
    stepper.graph = object()  # as if it had been captured, with no GPU to do it on
    stepper.shape = ([torch.Size([4, 8])], 32)
    batch, short = (Batch((torch.zeros(4, T),), 4 * T) for T in (8, 5))
    assert stepper.repeats([batch], 32, [])
    assert not stepper.repeats([short], 20, [])
    assert not stepper.repeats([batch], 32, [Callback()])
    fresh = cuda_graph.GraphStep(make())
    assert [fresh.repeats([batch], 32, []) for _ in range(5)] == [False] * 3 + [True] * 2

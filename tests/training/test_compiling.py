"""Compiled steps: when, and what happens where there is no compiler."""

import pytest
import torch

from lm_core.training import Budget, Trainer, TrainSettings, compiling
from lm_core.training.events import Diagnosed, Step
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])


def make(budget: Budget | None = None, **settings) -> Trainer:
    model = tiny_model("transformer", TOKENIZER.vocab_size, block_size=8)
    how = TrainSettings(**({"batch_size": 4, "lr": 1e-2} | settings))
    return Trainer(model, {"train": RUNNING}, settings=how, budget=budget or Budget(steps=6))


@pytest.mark.parametrize(
    ("setting", "budget", "device", "expected"),
    [
        ("off", Budget(steps=10**6), "cuda", False),
        ("on", Budget(steps=1), "cpu", True),
        ("auto", Budget(seconds=300), "cpu", False),
        ("auto", Budget(seconds=300), "cuda", True),
        ("auto", Budget(seconds=60), "cuda", False),
        ("auto", Budget(steps=20_000), "cuda", True),
        ("auto", Budget(tokens=10**9), "cuda", True),
        ("auto", Budget(tokens=10**4), "cuda", False),
    ],
)
def test_when_it_pays(setting: str, budget: Budget, device: str, expected: bool) -> None:
    training = make(budget, compile=setting)
    training.device = torch.device(device)
    assert compiling.wanted(training) is expected


def test_without_a_compiler_the_run_goes_on_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> None:
        raise torch._dynamo.exc.BackendCompilerFailed(broken, RuntimeError("no gcc here"), None)

    monkeypatch.setattr(torch, "compile", lambda objective, **how: broken)
    events = list(make(compile="on").run())
    (note,) = [e for e in events if isinstance(e, Diagnosed)]
    assert (note.code, note.severity) == ("not_compiled", "note")
    assert "no gcc here" in note.text or "BackendCompilerFailed" in note.text
    losses = [e.nats for e in events if isinstance(e, Step)]
    assert losses == [e.nats for e in make(compile="off").run() if isinstance(e, Step)]


def test_out_of_memory_is_not_taken_for_a_missing_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch, "compile", lambda objective, **how: full)
    events = list(make(compile="on").run())
    assert [e.code for e in events if isinstance(e, Diagnosed)] == ["out_of_memory"]


def test_the_objective_is_one_graph() -> None:
    """A break would cost more than compiling gains."""
    training = make(precision="float32")
    objective = compiling.Objective(training.model, training.arithmetic)
    idx = torch.zeros(2, 8, dtype=torch.int64)
    found = torch._dynamo.explain(objective)(idx, idx, None)
    assert (found.graph_count, found.graph_break_count) == (1, 0)

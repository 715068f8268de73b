import os

import pytest
import torch

from lm_core.errors import BadSettings
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, precision
from lm_core.training.events import Evaluated, Step
from lm_core.training.precision import Arithmetic, Objective, has_bfloat16
from tests.marks import most_slow
from tests.tiny import TEXT, encoded, lively_model, some_ids, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])
CPU, GPU = torch.device("cpu"), torch.device("cuda")


def make(family: str = "transformer", **settings) -> Trainer:
    model = tiny_model(family, TOKENIZER.vocab_size, block_size=8)
    how = TrainSettings(**({"batch_size": 4, "lr": 1e-2, "eval_every": 10} | settings))
    data = {"train": RUNNING, "validation": RUNNING}
    return Trainer(NextToken(), model, data, settings=how, budget=Budget(steps=20))


def steps(training: Trainer) -> list[float]:
    return [e.loss for e in training.run() if isinstance(e, Step)]


def having(monkeypatch: pytest.MonkeyPatch, yes: bool) -> None:
    monkeypatch.setattr(precision, "has_bfloat16", lambda device: yes)


@pytest.mark.parametrize(
    ("name", "device", "has", "gains", "bfloat16", "tf32"),
    [
        ("auto", CPU, True, False, False, False),
        ("auto", CPU, True, True, True, False),
        ("auto", CPU, False, True, False, False),
        ("auto", GPU, True, False, True, True),
        ("auto", GPU, False, False, False, True),
        ("float32", GPU, True, False, False, False),
        ("float32", CPU, True, True, False, False),
        ("bfloat16", GPU, True, False, True, True),
        ("bfloat16", CPU, True, False, True, False),
    ],
)
def test_what_a_name_means_where(
    name: str,
    device: torch.device,
    has: bool,
    gains: bool,
    bfloat16: bool,
    tf32: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    having(monkeypatch, has)
    chosen = Arithmetic(name, False, device, all_bfloat16=gains)
    assert (chosen.bfloat16, chosen.tf32) == (bfloat16, tf32)
    assert chosen.rounds == (bfloat16 and gains and device == CPU)


@pytest.mark.parametrize("position", ["rotary", "learned", "sinusoidal", "alibi", "none"])
def test_rounded_weights_give_the_gradients_of_float32(
    position: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the same objective without rounding, to bfloat16's three digits."""
    having(monkeypatch, True)
    model = lively_model("transformer", 27, block_size=16, position=position)
    ids = some_ids(8, 17, 27)
    gradients = []
    for kind in ("float32", "bfloat16"):
        arithmetic = Arithmetic(kind, False, CPU, all_bfloat16=model.all_bfloat16)
        asked = Objective(model, arithmetic, NextToken().loss)
        nats, _, _ = asked(ids[:, :-1], ids[:, 1:].contiguous(), None)
        nats.mean().backward()
        gradients.append([p.grad.clone() for p in model.parameters()])
        model.zero_grad()
    for full, half in zip(*gradients, strict=True):
        assert half.dtype == torch.float32
        assert (full - half).norm() < 0.03 * full.norm()
        assert not torch.equal(full, half)


def test_a_format_the_processor_has_not_is_refused_with_the_mend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    having(monkeypatch, False)
    with pytest.raises(BadSettings, match="set precision to float32"):
        make(precision="bfloat16")


def imitated() -> bool:
    try:
        with torch.autocast("cpu", torch.bfloat16):
            torch.nn.LSTM(8, 8, batch_first=True)(torch.zeros(1, 2, 8))
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize(
    "family",
    most_slow(
        ["transformer", "lstm", "mlp", "wavenet", "encoder"], quick=["transformer", "lstm", "mlp"]
    ),
)
def test_bfloat16_learns_as_float32_does_and_keeps_float32_weights(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    having(monkeypatch, True)  # torch imitates it where it has to,
    if family == "lstm" and not imitated():  # and can
        pytest.skip("torch has no LSTM in bfloat16 for this processor")
    training = make(family, precision="bfloat16")
    half, full = steps(training), steps(make(family, precision="float32"))
    assert half != full
    assert half == pytest.approx(full, abs=0.05)
    assert {p.dtype for p in training.model.parameters()} == {torch.float32}
    memory = training.optimizer.state_dict()["state"].values()
    assert {v.dtype for m in memory for v in m.values()} == {torch.float32}


def test_evaluation_is_float32_whatever_the_training_is(monkeypatch: pytest.MonkeyPatch) -> None:
    having(monkeypatch, True)
    training = make(precision="bfloat16")
    last = [e for e in training.run() if isinstance(e, Evaluated)][-1]
    assert training.evaluate() == last


def test_auto_on_a_processor_is_float32_to_the_last_bit_where_nothing_is_gained() -> None:
    assert steps(make("lstm")) == steps(make("lstm", precision="float32"))


def test_the_processor_is_asked_and_not_guessed() -> None:
    known = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    if known.get("architecture") != "x86_64":
        pytest.skip("torch does not say what this processor has")
    assert has_bfloat16(CPU) == (known["avx512_bf16"] or known["amx_bf16"])


def test_deterministic_is_for_the_steps_alone() -> None:
    training, during = make(deterministic=True), []
    inner = training.model.objective

    def objective(*args):
        during.append(torch.are_deterministic_algorithms_enabled())
        return inner(*args)

    training.model.objective = objective
    before = torch.get_float32_matmul_precision()
    for _ in training.run():
        assert not torch.are_deterministic_algorithms_enabled()
    assert during == [True] * 20
    assert torch.get_float32_matmul_precision() == before
    assert steps(make(deterministic=True)) == steps(make())


def test_what_is_set_for_a_step_is_put_back_even_when_it_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    before = torch.get_float32_matmul_precision()
    seen = []

    def fails() -> None:
        with precision._set(True, True):
            seen.append(torch.get_float32_matmul_precision())
            seen.append(os.environ["CUBLAS_WORKSPACE_CONFIG"])
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fails()
    assert seen == ["high", ":4096:8"]
    assert torch.get_float32_matmul_precision() == before
    assert not torch.are_deterministic_algorithms_enabled()

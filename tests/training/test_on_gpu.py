"""The same promises on a GPU; left out where there is none."""

from dataclasses import replace

import pytest
import torch

from lm_core.evaluation import evaluate
from lm_core.generation import SamplerSettings, generate
from lm_core.models.decoding import Captured
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Diagnosed, Finished, Step
from lm_core.training.resume import restore, training_tensors
from tests.tiny import READERS, TEXT, encoded, lively_model, some_ids, tiny_model

pytestmark = pytest.mark.cuda
TOKENIZER, RUNNING = encoded([TEXT])
FAMILIES = [entry.name for entry in READERS]


def trainer(family: str, steps: int, **changes) -> Trainer:
    model = tiny_model(family, TOKENIZER.vocab_size, **changes)
    data = {"train": RUNNING, "validation": RUNNING}
    settings = TrainSettings(batch_size=4, lr=1e-2, schedule="constant", warmup=0.0)
    return Trainer(
        NextToken(), model, data, settings=settings, budget=Budget(steps=steps), device="cuda"
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_training_scoring_and_writing(family: str) -> None:
    run = trainer(family, 10)
    assert isinstance(list(run.run())[-1], Finished)
    score = evaluate(run.model, run.data["validation"])
    assert 0 < score.nats_per_token < 10
    if run.model.causal:
        written = list(generate(run.model, [0, 1], max_tokens=20, samples=2))
        assert len(written) == 20


@pytest.mark.parametrize("family", FAMILIES)
def test_scores_agree_with_the_processor(family: str) -> None:
    model = lively_model(family, TOKENIZER.vocab_size)
    here = evaluate(model, RUNNING).nats_per_token
    there = evaluate(model.to("cuda"), RUNNING.to(torch.device("cuda"))).nats_per_token
    assert there == pytest.approx(here, abs=1e-3)


def test_with_and_without_a_cache_the_same_is_written() -> None:
    model = lively_model("transformer").to("cuda")
    how = {"max_tokens": 40, "sampler": SamplerSettings(temperature=0.0)}
    fast, plain = (list(generate(model, [1], cached=cached, **how)) for cached in (True, False))
    assert all(torch.equal(a.ids, b.ids) for a, b in zip(fast, plain, strict=True))


@pytest.mark.parametrize("rows", [1, 3])
def test_a_recorded_token_is_a_token(rows: int) -> None:
    model = lively_model("transformer", block_size=64).to("cuda")
    idx = some_ids(rows, 64, 27).to("cuda")
    with torch.inference_mode():
        whole, _ = model(idx)
        _, state = model(idx[:, :1])
        step = model.steps(state)
        said = torch.stack([step(idx[:, t]) for t in range(1, 64)], dim=1)
    assert type(step) is Captured
    torch.testing.assert_close(said, whole[:, 1:], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("how", ["on", "auto"])
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_compiled_and_captured_steps_learn_as_plain_ones_do(
    precision: str, how: str, optimizer: str
) -> None:
    curves = []
    for way in ("off", how):
        run = trainer("transformer", 30, dropout=0.2)
        settings = replace(run.settings, compile=way, precision=precision, optimizer=optimizer)
        run = Trainer(
            NextToken(), run.model, run.data, settings=settings, budget=run.budget, device="cuda"
        )
        events = list(run.run())
        assert not [e for e in events if isinstance(e, Diagnosed)]
        assert (getattr(run._stepper, "graph", None) is not None) == (way == "auto")
        curves.append([e.loss for e in events if isinstance(e, Step)])
    if how == "on":  # the compiler draws other numbers for dropout
        assert sum(curves[1][-10:]) == pytest.approx(sum(curves[0][-10:]), rel=0.1)
    else:
        assert curves[1] == pytest.approx(curves[0], abs=2e-3 if precision == "float32" else 0.05)


def test_the_global_generators_are_left_alone() -> None:
    torch.cuda.init()
    before = torch.get_rng_state(), torch.cuda.get_rng_state()
    list(trainer("transformer", 5, dropout=0.3).run())
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.equal(torch.cuda.get_rng_state(), before[1])


@pytest.mark.parametrize("family", ["lstm", "transformer"])
def test_stopped_and_resumed_goes_on(family: str) -> None:
    """One layer: between the layers of an LSTM cuDNN draws masks that no seed of ours decides."""
    whole, first = (trainer(family, steps, dropout=0.2, n_layer=1) for steps in (12, 6))
    list(whole.run())
    list(first.run())
    second = trainer(family, 12, dropout=0.2, n_layer=1)
    second.model.load_state_dict(first.model.state_dict())
    done = {"step": first.step, "tokens": first.tokens, "seconds": first.seconds}
    restore(second, training_tensors(first), done)
    list(second.run())
    pairs = zip(second.model.parameters(), whole.model.parameters(), strict=True)
    for one, other in pairs:
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-3)

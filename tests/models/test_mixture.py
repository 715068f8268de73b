"""A mixture is the average of two distributions, with the weight that suits held-out text best."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.errors import BadCheckpoint, BadSettings, LabError, UnknownName
from lm_core.evaluation import evaluate
from lm_core.evaluation.mixing import fit_weight
from lm_core.evaluation.score import token_nats
from lm_core.models import models
from lm_core.models.averaged import part, written
from lm_core.models.mixture import Mixture, MixtureSettings
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Evaluated, Finished, Step
from tests.tiny import (
    OF_TEXT,
    TEXT,
    alphabet,
    encoded,
    lively_model,
    some_ids,
    tiny_model,
    tiny_settings,
)

PAIR = ("ngram", "lstm")


def mixture(weight: float = 0.3) -> Mixture:
    mixed = Mixture.of(*(lively_model(name) for name in PAIR)).eval()
    mixed.weight.fill_(weight)
    return mixed


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0])
def test_its_probabilities_are_the_average_of_its_parts(weight: float) -> None:
    mixed, idx = mixture(weight), some_ids(2, 7, 27)
    with torch.inference_mode():
        first, second = (p(idx)[0].softmax(-1) for p in mixed.parts)
        logits, _ = mixed(idx)
    expected = weight * first + (1 - weight) * second
    torch.testing.assert_close(logits.exp(), expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(logits.exp().sum(-1), torch.ones(2, 7))


@pytest.mark.parametrize("weight", [0.1, 0.3, 0.7])
def test_padding_is_no_surprise_whatever_the_weight(weight: float) -> None:
    with torch.inference_mode():
        nats, _ = mixture(weight).nats(some_ids(2, 5, 27), torch.full((2, 5), -1))
    assert not nats.any()


@given(seed=st.integers(0, 1000), n=st.integers(1, 200))
def test_no_other_weight_suits_the_text_better(seed: int, n: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    first, second = torch.rand(2, n, generator=generator) * 8
    best = mixture().tune(first, second)
    weights = torch.linspace(0, 1, 101, dtype=torch.float64)
    p = (
        weights[:, None] * (-first).double().exp()
        + (1 - weights[:, None]) * (-second).double().exp()
    )
    grid = -p.log().mean(dim=1)
    ours = -(best * (-first).double().exp() + (1 - best) * (-second).double().exp()).log().mean()
    assert ours <= grid.min() + 1e-9


def test_a_part_that_is_always_better_takes_all() -> None:
    mixed = mixture()
    assert mixed.tune(torch.zeros(5), torch.ones(5)) == pytest.approx(1, abs=1e-9)
    assert mixed.tune(torch.ones(5), torch.zeros(5)) == pytest.approx(0, abs=1e-9)


def test_the_weight_is_fitted_on_the_text_given_and_beats_both_parts() -> None:
    _, data = encoded([TEXT])
    V = int(data.ids.max()) + 1
    order2, order4 = (tiny_model("ngram", V, order=k) for k in (2, 4))
    for model in (order2, order4):
        model.fit(data.ids[: len(data.ids) // 2], data.starts)
    mixed = Mixture.of(order2, order4)
    weight = fit_weight(mixed, data)
    assert 0 < weight < 1
    scores = [evaluate(model, data).nats for model in (mixed, order2, order4)]
    assert scores[0] <= min(scores) + 1e-3
    nats = [token_nats(model, data) for model in (order2, order4)]
    assert mixed.tune(*nats) == pytest.approx(weight, abs=1e-6)


def test_parts_with_different_contexts_are_asked_for_the_same_tokens() -> None:
    _, data = encoded([TEXT])
    V = int(data.ids.max()) + 1
    mixed = Mixture.of(lively_model("ngram", V), lively_model("transformer", V))
    for most in (None, 60):
        weight = fit_weight(mixed, data, max_tokens=most)
        assert 0 <= weight <= 1
    assert evaluate(mixed, data).tokens == data.predictions


def test_one_run_counts_trains_and_fits_the_weight() -> None:
    _, data = encoded([TEXT * 4])
    V = int(data.ids.max()) + 1
    model = tiny_model("mixture", V)
    ngram, network = model.parts
    before = [p.clone() for p in network.parameters()]
    trainer = Trainer(
        NextToken(),
        model,
        {"train": data, "validation": data},
        settings=TrainSettings(lr=1e-2, batch_size=4),
        budget=Budget(steps=30),
    )
    events = list(trainer.run())
    assert isinstance(events[-1], Finished)
    assert ngram.n_parameters > V  # it has counted
    assert not all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))
    steps = [e for e in events if isinstance(e, Step)]
    assert steps[-1].loss < steps[0].loss
    scored = [e for e in events if isinstance(e, Evaluated)]
    alone = [evaluate(p, data).nats_per_token for p in (ngram, network)]
    assert scored[-1].loss < min(alone) + 1e-6
    assert 0.5 < float(model.weight) <= 1  # on text that was counted, counting is trusted


def test_two_that_count_are_counted_together() -> None:
    settings = {"first": "ngram order=2", "second": "ngram order=4"}
    model = tiny_model("mixture", 5, **settings)
    assert model.learns_by == "counting"
    data = encoded(["abcd" * 30])[1]
    model = tiny_model("mixture", int(data.ids.max()) + 1, **settings)
    events = list(Trainer(NextToken(), model, {"train": data, "validation": data}).run())
    assert isinstance(events[-1], Finished)
    assert evaluate(model, data).nats_per_token < 0.2


def test_saved_and_loaded_it_is_whole(tmp_path) -> None:
    mixed = mixture(0.3)
    save_checkpoint(tmp_path / "mixed", mixed, alphabet(27), {})
    loaded = load_checkpoint(tmp_path / "mixed").model
    idx = some_ids(2, 9, 27)
    assert float(loaded.weight) == float(mixed.weight)
    with torch.inference_mode():
        assert torch.equal(loaded(idx)[0], mixed(idx)[0])


def test_weights_of_another_size_are_refused_before_they_are_made(tmp_path) -> None:
    mixed = mixture()
    save_checkpoint(tmp_path / "mixed", mixed, alphabet(27), {})
    path = tmp_path / "mixed" / "meta.json"
    path.write_text(path.read_text().replace("n_hidden=64", "n_hidden=8192"))
    with pytest.raises(BadCheckpoint, match="do not fit its description"):
        load_checkpoint(tmp_path / "mixed")


@pytest.mark.parametrize("name", [e.name for e in OF_TEXT if e.name not in ("mixture", "ensemble")])
def test_a_family_is_written_as_it_is_read(name: str) -> None:
    settings = models[name].settings.from_dict(tiny_settings(name))
    if models[name].build.causal:
        assert part(written(name, settings)) == (name, settings)


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("", UnknownName, "Unknown model ''"),
        ("ngrma", UnknownName, "did you mean 'ngram'"),
        ("ngram ordre=3", BadSettings, "did you mean 'order'"),
        ("ngram order=x", BadSettings, "order must be a whole number"),
        ("ngram order", BadSettings, "order must be a whole number"),
        ("mixture", BadSettings, "write from left to right, not 'mixture'"),
    ],
)
def test_what_cannot_be_mixed_is_one_sentence(text: str, kind: type[LabError], says: str) -> None:
    with pytest.raises(kind, match=says):
        MixtureSettings(first=text)


def test_models_over_different_tokens_are_refused() -> None:
    with pytest.raises(BadSettings, match="27 and 28 tokens: mix those"):
        Mixture.of(lively_model("ngram", 27), lively_model("lstm", 28))

"""An ensemble is the average of several distributions, with the shares that suit held-out text."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.checkpoints import load_checkpoint, save_checkpoint
from lm_core.errors import BadSettings, UnknownName
from lm_core.evaluation import evaluate
from lm_core.evaluation.mixing import fit_weight
from lm_core.models.ensemble import MOST, Ensemble, EnsembleSettings
from lm_core.models.mixture import Mixture
from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings
from lm_core.training.events import Evaluated, Step
from tests.tiny import TEXT, alphabet, encoded, lively_model, some_ids, tiny_model

THREE = ("ngram", "lstm", "mlp")


def ensemble(*shares: float) -> Ensemble:
    made = Ensemble.of(*(lively_model(name) for name in THREE)).eval()
    if shares:
        made.a.copy_(torch.tensor(shares))
    return made


@pytest.mark.parametrize("shares", [(), (0.2, 0.3, 0.5), (0.0, 1.0, 0.0)])
def test_its_probabilities_are_the_average_of_its_parts(shares):
    made, idx = ensemble(*shares), some_ids(2, 7, 27)
    with torch.inference_mode():
        each = [p(idx)[0].softmax(-1) for p in made.parts]
        logits, _ = made(idx)
        nats, _ = made.nats(idx, idx)
    expected = sum(float(a) * p for a, p in zip(made.shares, each, strict=True))
    torch.testing.assert_close(logits.exp(), expected, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(logits.exp().sum(-1), torch.ones(2, 7), atol=1e-4, rtol=0)
    found = expected.gather(-1, idx.unsqueeze(-1)).squeeze(-1)
    torch.testing.assert_close(nats, -found.log(), atol=1e-5, rtol=1e-5)


@given(seed=st.integers(0, 1000), n=st.integers(1, 100))
def test_no_other_shares_suit_the_text_better(seed, n):
    nats = torch.rand(3, n, generator=torch.Generator().manual_seed(seed)) * 8
    made = ensemble()
    first = made.tune(*nats)
    assert first == float(made.shares[0])
    assert float(made.shares.sum()) == pytest.approx(1)
    p = (-nats).double().exp()
    ours = -(made.shares @ p).log().mean()
    for a, b in itertools.product(torch.linspace(0, 1, 21, dtype=torch.float64), repeat=2):
        if a + b <= 1:
            assert ours <= -(torch.stack([a, b, 1 - a - b]) @ p).log().mean() + 1e-4


def test_of_two_it_finds_what_the_mixture_finds():
    nats = torch.rand(2, 200, generator=torch.Generator().manual_seed(1)) * 5
    pair = [lively_model(name) for name in ("ngram", "lstm")]
    both = Ensemble.of(*pair).tune(*nats), Mixture.of(*pair).tune(*nats)
    assert both[0] == pytest.approx(both[1], abs=1e-4)


def test_one_run_counts_trains_each_and_fits_the_shares():
    _, data = encoded([TEXT * 3])
    V = int(data.ids.max()) + 1
    model = tiny_model("ensemble", V)
    _, first, second = model.parts
    assert not torch.equal(first.layer.weight, second.layer.weight)
    trainer = Trainer(
        NextToken(),
        model,
        {"train": data, "validation": data},
        settings=TrainSettings(lr=1e-2, batch_size=4),
        budget=Budget(steps=20),
    )
    events = list(trainer.run())
    steps = [e for e in events if isinstance(e, Step)]
    assert steps[-1].loss < steps[0].loss
    scored = [e for e in events if isinstance(e, Evaluated)]
    alone = [evaluate(p, data).nats_per_token for p in model.parts]
    assert scored[-1].loss < min(alone) + 1e-6
    assert float(model.shares.sum()) == pytest.approx(1)


def test_saved_and_loaded_it_is_whole(tmp_path):
    made = ensemble(0.2, 0.3, 0.5)
    save_checkpoint(tmp_path / "made", made, alphabet(27), {})
    loaded = load_checkpoint(tmp_path / "made").model
    idx = some_ids(2, 9, 27)
    assert torch.equal(loaded.shares, made.shares)
    with torch.inference_mode():
        assert torch.equal(loaded(idx)[0], made(idx)[0])


def test_shares_are_fitted_on_the_text_given():
    _, data = encoded([TEXT])
    V = int(data.ids.max()) + 1
    parts = [tiny_model("ngram", V, order=k) for k in (2, 3, 4)]
    for model in parts:
        model.fit(data.ids[: len(data.ids) // 2], data.starts)
    made = Ensemble.of(*parts)
    fit_weight(made, data)
    scores = [evaluate(model, data).nats for model in (made, *parts)]
    assert scores[0] <= min(scores) + 1e-3


def test_fitting_the_shares_leaves_every_part_in_its_mode():
    _, data = encoded([TEXT])
    V = int(data.ids.max()) + 1
    made = Ensemble.of(lively_model("lstm", V), lively_model("mlp", V)).eval()
    fit_weight(made, data, max_tokens=50)
    assert not any(module.training for module in made.modules())
    fit_weight(made.train(), data, max_tokens=50)
    assert all(module.training for module in made.modules())


@pytest.mark.parametrize(
    ("text", "kind", "says"),
    [
        ("", BadSettings, f"2 to {MOST} parts, not 0"),
        ("lstm", BadSettings, "not 1: semicolons part them"),
        (";".join(["lstm"] * 13), BadSettings, "not 13"),
        ("lstm; ngrma", UnknownName, "did you mean 'ngram'"),
        ("lstm; mixture", BadSettings, "write from left to right, not 'mixture'"),
        ("lstm; ensemble", BadSettings, "not 'ensemble'"),
    ],
)
def test_what_makes_no_ensemble_is_one_sentence(text, kind, says):
    with pytest.raises(kind, match=says):
        EnsembleSettings(text)


def test_parts_are_written_as_they_are_read():
    settings = EnsembleSettings("ngram order=7;lstm ;  lstm n_hidden=512")
    assert settings.members == "ngram order=7; lstm; lstm n_hidden=512"
    assert EnsembleSettings.of(settings.parts) == settings

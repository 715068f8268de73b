"""Pairs: prepared, cut, judged by hand, written and learned by heart."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from lm_core.corpora.corpus import CorpusInfo, Pairs
from lm_core.errors import BadText
from lm_core.models import models
from lm_core.models.building import build_model
from lm_core.models.contract import IGNORED
from lm_core.tasks.translation import PairSplit, Translation, TranslationSettings
from lm_core.tokenizers.tokenizer import learned_from
from lm_core.training import Budget, Trainer, TrainSettings
from tests.marks import most_slow
from tests.tiny import tiny_settings

READ = [entry.name for entry in models if "translation" in entry.build.tasks]
PAIRS = [("one", "1"), ("two two", "22"), ("three", "3"), ("one two", "12"), ("two", "2")]
INFO = CorpusInfo("mine", "Mine", "", "", kind="pairs")
CORPUS = Pairs(INFO, {"train": PAIRS, "validation": PAIRS[:3], "test": []}, ("words", "digits"))


def cut(splits: dict, **how) -> object:
    return learned_from("char", None, splits, **how)


def ready(family: str, *, seed: int = 0, **settings):
    """Task, codec, splits and an untrained model."""
    task = Translation(TranslationSettings(**settings))
    codec, data = task.prepare(CORPUS, cut)
    model = build_model(family, tiny_settings(family), codec.sizes, seed=seed, make=task.build)
    return task.knowing(codec), codec, data, model


@pytest.mark.parametrize("shared", [False, True])
def test_a_target_stands_between_two_boundaries(shared: bool) -> None:
    task, codec, data, _ = ready("encoder-decoder", shared=shared)
    assert set(data) == {"train", "validation"}
    assert codec.shared == shared
    part, found = data["train"], {}
    for k in range(part.pairs):
        source = part.source[part.source_starts[k] : part.source_starts[k + 1]].tolist()
        target = part.target[part.target_starts[k] : part.target_starts[k + 1]].tolist()
        assert target[0] == target[-1] == codec.target.boundary_id
        found[codec.source.decode(source)] = codec.target.decode(target[1:-1])
        assert task.right(codec, part, k) == found[codec.source.decode(source)]
    assert found == dict(PAIRS)
    digits = sum(len(target) for _, target in PAIRS)
    assert part.counts()["tokens"] == digits + len(PAIRS)  # the boundary after each is guessed too
    assert task.unit_of(codec) == "nats per character"


def test_sides_may_be_cut_differently() -> None:
    task = Translation(TranslationSettings(target="word", target_size=50))
    codec, _ = task.prepare(
        Pairs(INFO, {"train": PAIRS * 2, "validation": [], "test": []}, ("a", "b")), cut
    )
    assert (codec.source.name, codec.target.name) == ("char", "word")
    assert task.unit_of(codec) == "nats per word"


@pytest.mark.parametrize("family", READ)
def test_it_is_scored_as_by_hand_pair_by_pair(family: str) -> None:
    task, codec, data, model = ready(family)
    assert task.blind(model, data) == pytest.approx(math.log(codec.target.vocab_size))
    for p in model.parameters():
        torch.nn.init.normal_(p, std=0.3)
    part, total, count = data["train"], 0.0, 0
    with torch.no_grad():
        for k in range(part.pairs):
            source = part.source[part.source_starts[k] : part.source_starts[k + 1]]
            target = part.target[part.target_starts[k] : part.target_starts[k + 1]]
            logits = model.eval().answer(source.unsqueeze(0), target[:-1].unsqueeze(0))[0]
            total += F.cross_entropy(logits, target[1:], reduction="sum").item()
            count += len(target) - 1
    told = task.evaluate(model, data, "train", limit=None)
    assert (told.targets, told.whole) == (count, True)
    assert told.loss == pytest.approx(total / count, abs=1e-5)
    assert told.metrics["perplexity"] == pytest.approx(math.exp(told.loss))
    assert set(told.metrics) == {"perplexity", "exact match", "chrF"}  # digits have no 4-grams


@pytest.mark.parametrize("family", READ)
def test_what_is_learned_is_the_smoothed_loss_and_what_is_judged_is_not(family: str) -> None:
    task, _, data, model = ready(family, label_smoothing=0.2)
    batch = task.batches(model, data["train"], batch_size=4, seed=0).at(0)
    source, read, asked = batch.inputs
    assert batch.asked == int((asked != IGNORED).sum())
    logits = model.eval().answer(source, read)
    expected = F.cross_entropy(
        logits.flatten(0, 1),
        asked.flatten(),
        ignore_index=IGNORED,
        label_smoothing=0.2,
        reduction="none",
    )
    each = task.loss(model, *batch.inputs, None).each
    assert torch.allclose(each.flatten(), expected, atol=1e-6)


def test_a_long_pair_is_cut_to_what_the_model_reads() -> None:
    long = Pairs(INFO, {"train": [("ab" * 500, "1" * 500), ("a", "1")]}, ("a", "b"))
    task = Translation()
    codec, data = task.prepare(long, cut)
    model = build_model(
        "encoder-decoder", tiny_settings("encoder-decoder"), codec.sizes, make=task.build
    )
    batch = task.batches(model, data["train"], batch_size=2, seed=0).at(0)
    assert max(part.size(1) for part in batch.inputs) == model.context_size
    told = task.knowing(codec).evaluate(model, data, "train", limit=None)
    assert math.isfinite(told.loss)


@pytest.mark.parametrize("family", most_slow(READ, quick=[]))
def test_what_it_has_learned_by_heart_it_writes(family: str, tmp_path: Path) -> None:
    task, codec, data, model = ready(family)
    trainer = Trainer(
        task,
        model,
        data,
        settings=TrainSettings(lr=0.01, batch_size=5, eval_every=400, schedule="constant"),
        budget=Budget(steps=400),
    )
    list(trainer.run())
    told = task.evaluate(model, data, "train", limit=None)
    assert told.metrics["exact match"] == 1.0
    shown = task.preview(model, codec, data)
    assert (shown.kind, shown.columns[0]) == ("pairs", "words")
    assert sorted(shown.rows) == sorted((a, b, b) for a, b in PAIRS[:3])


def test_nothing_to_learn_from_is_one_sentence() -> None:
    with pytest.raises(BadText, match="give more pairs"):
        Translation().prepare(Pairs(INFO, {"train": []}, ("a", "b")), cut)


def test_letters_it_never_read_are_left_out() -> None:
    task, codec, _, _ = ready("encoder-decoder")
    part: PairSplit = task.numbers(codec, ["two ξ"], ["2Ω"])
    assert codec.source.decode(part.source.tolist()) == "two "
    assert codec.target.decode(part.target[1:-1].tolist()) == "2"

"""Texts with a class or a value: prepared, cut, judged by hand, and learned."""

import math
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from lm_core.checkpoints import load_checkpoint
from lm_core.codecs import LabelCodec
from lm_core.corpora.corpus import CorpusInfo, Labelled
from lm_core.device import choose_device
from lm_core.errors import BadText
from lm_core.models import models
from lm_core.models.building import build_model
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.runs.training_run import TrainingRun
from lm_core.tasks.text_class import TextClass
from lm_core.tasks.text_value import TextValue
from lm_core.tokenizers.tokenizer import learned_from
from lm_core.training import Budget
from tests.tiny import tiny_settings

READ = [entry.name for entry in models if "text-class" in entry.build.tasks]
WORDS = ["up", "down", "left", "right", "over", "under"]
CLASSES = ["short", "long"]


def info(kind: str) -> CorpusInfo:
    return CorpusInfo("mine", "Mine", "", "", kind=kind)


def cut(splits: dict, **how) -> object:
    return learned_from("char", None, splits, **how)


def by_class() -> Labelled:
    rows = [(w, CLASSES[len(w) > 4]) for w in WORDS]
    return Labelled(info("classes"), {"train": rows, "validation": rows[:3], "test": []}, CLASSES)


def by_value(values: list[float] | None = None) -> Labelled:
    values = values or [float(len(word)) for word in WORDS]
    rows = list(zip(WORDS, values, strict=True))
    splits = {"train": rows, "validation": rows[:3], "test": []}
    return Labelled(info("values"), splits, unit="letters")


def a_model(family: str, task: TextClass | TextValue, codec: LabelCodec):
    settings = tiny_settings(family)
    return build_model(family, settings, codec.sizes, make=task.build)


def test_a_text_is_read_after_the_boundary_and_its_class_is_a_number() -> None:
    codec, data = TextClass().prepare(by_class(), cut)
    assert set(data) == {"train", "validation"}  # an empty split is none
    part = data["train"]
    for k, answer in enumerate(part.answers.tolist()):
        first, last = int(part.starts[k]), int(part.starts[k + 1])
        ids = part.ids[first:last].tolist()
        assert ids[0] == codec.tokenizer.boundary_id
        text = codec.tokenizer.decode(ids[1:])
        assert codec.classes[answer] == CLASSES[len(text) > 4]
    assert part.counts() == {"examples": 6, "tokens": 6 + sum(map(len, WORDS))}
    assert codec.sizes == {"vocab_size": codec.tokenizer.vocab_size, "n_classes": 2}


@pytest.mark.parametrize("family", READ)
def test_an_untrained_model_says_every_class_alike_and_is_scored_by_hand(family: str) -> None:
    task = TextClass()
    codec, data = task.prepare(by_class(), cut)
    model = a_model(family, task, codec)
    told = task.evaluate(model, data, "validation", limit=None)
    assert told.loss == pytest.approx(math.log(2)) == pytest.approx(task.blind(model, data))
    assert told.whole
    torch.nn.init.normal_(model.answer.weight)
    told = task.evaluate(model, data, "train", limit=None)
    part = data["train"]
    alone = []  # one text at a time, so that there is no padding
    with torch.no_grad():
        for k in range(6):
            idx = part.ids[part.starts[k] : part.starts[k + 1]].unsqueeze(0)
            alone.append(model.eval()(idx)[0])
    logits = torch.stack(alone)
    assert told.loss == pytest.approx(F.cross_entropy(logits, part.answers).item(), abs=1e-6)
    right = (logits.argmax(-1) == part.answers).float().mean().item()
    assert told.metrics["accuracy"] == pytest.approx(right)


@pytest.mark.parametrize("pool", ["mean", "first", "last"])
@pytest.mark.parametrize("family", READ)
def test_padding_changes_no_answer(family: str, pool: str) -> None:
    task = TextClass(TextClass().settings.__class__(pool=pool))
    codec, data = task.prepare(by_class(), cut)
    model = a_model(family, task, codec).double().eval()
    torch.nn.init.normal_(model.answer.weight)
    part = data["train"]
    idx, padding = part.texts(torch.arange(6), 10)
    with torch.no_grad():
        together = model(idx, padding)
        for k in range(6):
            there = ~padding[k]
            apart = model(idx[k : k + 1, there], padding[k : k + 1, there])
            assert torch.allclose(together[k], apart[0], atol=1e-6, rtol=0)


def test_a_preview_counts_what_was_taken_for_what() -> None:
    task = TextClass()
    codec, data = task.prepare(by_class(), cut)
    model = a_model("lstm", task, codec)
    shown = task.preview(model, codec, data)
    assert (shown.kind, shown.names) == ("table", ("short", "long"))
    assert sum(map(sum, shown.grid)) == 3 == len(shown.rows)
    for text, answer, p, right in shown.rows:
        assert CLASSES[len(text) > 4] == right
        assert answer in CLASSES
        assert p == 0.5


@pytest.mark.parametrize("family", READ)
def test_a_model_that_knows_nothing_says_the_mean(family: str) -> None:
    task = TextValue()
    codec, data = task.prepare(by_value(), cut)
    model = a_model(family, task, codec)
    values = torch.tensor([float(len(word)) for word in WORDS])
    assert codec.centre == pytest.approx(float(values.mean()))
    assert codec.spread == pytest.approx(float(values.std()))
    told = task.evaluate(model, data, "train", limit=None)
    assert told.loss == pytest.approx(5 / 6)  # of six values, whose spread is over five
    assert told.metrics["R2"] == pytest.approx(0.0, abs=1e-6)
    shown = task.preview(model, codec, data)
    assert shown.columns == ("text", "answer, letters", "right, letters")
    for text, answer, right in shown.rows:
        assert (answer, right) == (round(codec.centre, 2), float(len(text)))


@pytest.mark.parametrize(
    ("task", "corpus", "says"),
    [
        (TextValue(), by_value([7.0] * 6), "the same value"),
        (TextClass(), Labelled(info("classes"), {"train": []}, CLASSES), "nothing to learn from"),
        (TextValue(), Labelled(info("values"), {"train": []}), "nothing to learn from"),
    ],
)
def test_what_cannot_be_learned_from_is_one_sentence(task, corpus, says: str) -> None:
    with pytest.raises(BadText, match=says):
        task.prepare(corpus, cut)


@pytest.mark.slow
def test_it_learns_what_a_boundary_and_letters_tell(tmp_path: Path, monkeypatch) -> None:
    """The sex in the records, from the letters of a name: well above the larger class."""
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    spec = default_spec(CorpusSpec(name="names-by-sex"), "gru", budget=Budget(steps=150))
    ready = prepare(spec)
    training = TrainingRun(ready, tmp_path / "model", choose_device("cpu"))
    list(training)
    saved = load_checkpoint(tmp_path / "model")
    told = ready.task.evaluate(saved.model, ready.data, "validation", limit=None)
    share = ready.data["validation"].answers.float().mean().item()
    assert told.metrics["accuracy"] > max(share, 1 - share) + 0.1
    assert told.loss < 0.9 * math.log(2)
    assert saved.codec.classes == ready.codec.classes

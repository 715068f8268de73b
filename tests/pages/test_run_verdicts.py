"""From what is wrong with a run to the settings that mend it."""

import pytest

from lm_core.errors import BadSettings
from pages._ui.run_verdicts import mended, noticed
from tests.pages.stored import spec


def row(code, severity, step):
    return {"code": code, "severity": severity, "step": step}


def test_the_last_word_on_each_matter_counts_and_alarms_come_first():
    rows = [row("a", "ok", 1), row("b", "note", 2), row("c", "alarm", 3), row("a", "note", 4)]
    assert [(r["code"], r["severity"]) for r in noticed(rows)] == [
        ("c", "alarm"),
        ("b", "note"),
        ("a", "note"),
    ]


@pytest.mark.parametrize(
    ("control", "code", "value", "words"),
    [
        ("train.lr", "rate_too_high", 0.002, "Start again with learning rate 0.002"),
        ("train.lr", "rate_too_low", 0.2, "Start again with learning rate 0.2"),
        ("train.batch_size", "out_of_memory", 32, "Start again with batch 32"),
        ("train.grad_clip", "exploding", 1.0, "Start again with gradient clip 1"),
        ("model.dropout", "overfitting", 0.2, "Start again with dropout 0.2"),
        ("train.weight_decay", "overfitting", 0.3, "Start again with weight decay 0.3"),
    ],
)
def test_a_value_to_try_next(control, code, value, words):
    before = spec(lr=0.02, grad_clip=0.0)
    after, said = mended(before, control, code)
    part, name = control.split(".")
    assert getattr(getattr(after, part), name) == pytest.approx(value)
    assert said == words


def test_where_no_value_can_be_told_the_setting_is_named():
    before = spec()
    after, said = mended(before, "train.batch_size", "x")
    assert after.train.batch_size == before.train.batch_size // 2
    after, said = mended(before, "train.patience", "overfitting")
    assert (after, said) == (before, "Start again with another patience")


def test_what_was_changed_from_the_labs_own_value_goes_back_to_it():
    after, _ = mended(spec(warmup=0.0), "train.warmup", "warmup")
    assert after.train.warmup == 0.05


@pytest.mark.parametrize("control", ["train.nothing", "model.n_hidden", "corpus.name", "lr", ""])
def test_a_setting_that_the_run_has_not(control):
    with pytest.raises(BadSettings):
        mended(spec(), control, "x")

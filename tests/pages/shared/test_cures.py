"""From what is wrong with a run to the settings that mend it."""

import pytest

from lm_core.errors import BadSettings
from lm_core.runs.gallery import CASES
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget
from pages._ui.shared.cures import mended
from tests.pages.stored import spec


@pytest.mark.parametrize(
    ("control", "code", "value", "words"),
    [
        ("train.lr", "rate_too_high", 0.002, "Start again with learning rate 0.002"),
        ("train.lr", "rate_too_low", 0.2, "Start again with learning rate 0.2"),
        ("train.batch_size", "out_of_memory", 32, "Start again with batch 32"),
        ("train.grad_clip", "exploding", 1.0, "Start again with gradient clip 1"),
        ("train.patience", "overfitting", 6, "Start again with patience 6"),
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
    after, said = mended(before, "train.ramp", "x")
    assert (after, said) == (before, "Start again with another batch ramp")


def test_what_was_changed_from_the_labs_own_value_goes_back_to_it():
    after, _ = mended(spec(warmup=0.0), "train.warmup", "warmup")
    assert after.train.warmup == 0.05
    after, said = mended(spec(keep_best=False), "train.keep_best", "overfitting")
    assert after.train.keep_best
    assert said == "Start again with keep the best"


@pytest.mark.parametrize("control", ["train.nothing", "model.n_hidden", "corpus.name", "lr", ""])
def test_a_setting_that_the_run_has_not(control):
    with pytest.raises(BadSettings):
        mended(spec(), control, "x")


def test_a_rate_is_mended_with_the_familys_own_or_where_that_is_no_better_by_a_tenth():
    own = default_spec(CorpusSpec(), "mlp", budget=Budget(seconds=60))
    for lr, code, better in ((1.0, "rate_too_high", 0.005), (0.005, "rate_too_high", 5e-4)):
        after, _ = mended(own.with_texts({"train.lr": str(lr)}), "train.lr", code)
        assert after.train.lr == pytest.approx(better)
    after, _ = mended(own.with_texts({"train.lr": "1e-6"}), "train.lr", "rate_too_low")
    assert after.train.lr == 0.005
    other = {"train.optimizer": "muon", "train.lr": "1.0"}  # whose rates mean something else
    after, _ = mended(own.with_texts(other), "train.lr", "rate_too_high")
    assert after.train.lr == pytest.approx(0.1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_mended_with_what_its_card_promises(case):
    """Where its mend is a single setting, the button fills in the run that the card starts."""
    changed = [name for name in case.wrong if not case.fault]
    for control in changed:
        after, _ = mended(case.spec, control, case.expected)
        assert after == case.repaired
    if "train.lr" in changed:
        assert case.mend == f"a learning rate of {case.repaired.train.lr:g}"

"""One training of a study: what it sets, what it keeps of itself, and that it comes to the same."""

import pytest

from lm_core.errors import BadSettings
from tools.trial import Trial, on_this_machine

SMALL = Trial("names", "mlp", (("model.n_hidden", "16"), ("train.lr", "0.01")), 3, seed=1)


def test_its_command_says_all_that_it_sets() -> None:
    assert SMALL.kept == (
        "python -m lm_core train --corpus names --model mlp --steps 3 --seed 1 --threads 1 "
        "--device cpu --set model.n_hidden=16 --set train.lr=0.01 --set train.eval_every=3"
    )
    assert SMALL.spec.model.n_hidden == 16
    assert (SMALL.spec.train.lr, SMALL.spec.budget.steps, SMALL.spec.seed) == (0.01, 3, 1)
    cut = Trial("speeches", "transformer", (), 3, 0, tokenizer="char")
    assert cut.spec.codec_name == "char"
    assert "--tokenizer char" in cut.kept


def test_a_setting_is_called_what_the_screen_calls_it() -> None:
    assert SMALL.title("train.lr") == "Learning rate"


def test_a_run_says_what_was_run() -> None:
    done = SMALL.run()
    figures = done.figures
    assert (figures["steps"], figures["seed"], figures["command"]) == (3, 1, SMALL.kept)
    assert figures["parameters"] == done.prepared.model.n_parameters
    assert figures["cpu_seconds"] == round(done.seconds, 1)
    assert on_this_machine().startswith("1 thread of ")


def test_what_cannot_be_built_is_said_before_it_is_run() -> None:
    wrong = Trial("names", "transformer", (("model.n_embd", "30"), ("model.n_head", "4")), 3, 0)
    with pytest.raises(BadSettings, match="n_head"):
        wrong.spec  # noqa: B018

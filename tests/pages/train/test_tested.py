"""The button that measures the test split, and the figures that stay."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import save_checkpoint
from lm_core.runs.final_score import keep
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import RunSpec
from pages._ui.shared import session
from pages._ui.train.beside import asides
from tests.pages import stored
from tests.tiny import tiny_settings
from tests.waiting import PATIENCE

BUTTON = "Measure on the test split, once"


def a_run(at: AppTest, **columns: object) -> str:
    """One with a small model, open."""
    spec = stored.spec("mlp").to_dict() | {"model": {"name": "mlp", **tiny_settings("mlp")}}
    ready = prepare(RunSpec.from_dict(spec))
    facts = stored.FACTS | {"counts": ready.card()["counts"]}
    run = stored.stored_run(at.session_state["visitor"], ready.spec, facts=facts, **columns)
    folder = session._manager().store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, ready.model, ready.tokenizer, ready.card() | {"step": 120})
    at.query_params["run"] = run
    at.run()
    assert not at.exception
    return run


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def said(at: AppTest, words: str) -> bool:
    return any(words in caption.value for caption in at.caption)


def test_it_is_measured_once_and_stays(train: AppTest) -> None:
    run = a_run(train)
    assert BUTTON in [button.label for button in train.button]
    assert said(train, "test split trains on it")
    train.button(key="train-test-measure").click().run()
    if (job := asides().of(("test", run))) is not None:
        job.join(PATIENCE)
    train.run()
    assert not train.exception
    assert not train.error
    assert BUTTON not in [button.label for button in train.button]
    shown = figures(train)
    nats = float(shown["Test, nats"])
    assert nats == pytest.approx(math.log(27), abs=0.2)  # it has not learned anything
    assert float(shown["Test perplexity"]) == pytest.approx(math.exp(nats), abs=0.2)
    assert float(shown["Test, bits per character"]) == pytest.approx(nats / math.log(2), abs=0.02)
    assert said(train, "measured once on all of its")


def test_figures_of_the_test_are_in_the_table(train: AppTest) -> None:
    store, run = session._manager().store, a_run(train)
    answer = {"nats_per_token": math.inf, "tokens": 7, "bits_per_character": None}
    keep(store, store.get(run), answer)
    train.run()
    assert not train.exception
    assert figures(train)["Test, nats"] == "∞"
    assert figures(train)["Test perplexity"] == "∞"
    assert figures(train)["Test, bits per character"] == "–"
    assert train.dataframe[-1].value["Test, nats"].tolist() == [math.inf]


@pytest.mark.parametrize("columns", [{"status": "running"}, {"parent": "another"}])
def test_what_goes_on_or_is_a_part_has_no_button(train: AppTest, columns: dict) -> None:
    if "parent" in columns:
        columns = {"parent": stored.stored_run(train.session_state["visitor"], kind="doctor")}
    a_run(train, **columns)
    assert BUTTON not in [button.label for button in train.button]


def test_validation_is_given_as_a_perplexity_too(train: AppTest) -> None:
    a_run(train)
    shown = figures(train)
    nats = float(shown["Validation, nats"])
    assert float(shown["Perplexity"]) == pytest.approx(math.exp(nats), rel=0.01)

"""The Train screen for what is learned from other data than one text: what it offers, and what it
shows of a run that a worker really trained."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lm_core.charts.words import nats
from lm_core.cli import main
from lm_core.corpora.corpus import corpora
from lm_core.runs.final_score import command, keep
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.worker import execute
from lm_core.training import Budget
from lm_core.training.events import Evaluated
from pages._ui.shared import session
from pages._ui.shared.corpus_choice import CorpusChoice
from pages._ui.train.example import nearest_first
from tests.pages.html import html
from tests.tasks.test_toys import TOYS
from tests.tasks.toys import moved_in


@pytest.fixture
def toys() -> Iterator[None]:
    with moved_in(*TOYS):
        yield
    st.cache_data.clear()  # screens keep what they know of the families


def choose(train: AppTest, corpus: str) -> None:
    train.query_params["text"] = corpus
    train.run()
    assert not train.exception


def trained(train: AppTest, spec: RunSpec) -> str:
    """A run of this visitor, worked on by this process, and its page."""
    runs, owner = session._manager(), train.session_state["visitor"]
    run = runs.store.create(owner, "Mine", spec.to_dict(), server=runs._presence.id)
    runs._turns.begin(run, owner, 1, 0).state = "busy"  # as if a worker had it
    ended = execute(str(runs.store.folder), run, runs.store.hand_over(run))
    runs._turns.end(run)
    assert ended == "finished", runs.store.get(run).message
    train.query_params["run"] = run
    train.run()
    assert not train.exception
    assert not train.error
    return run


def spec_of(corpus: str, family: str, *, steps: int = 6, **model: object) -> RunSpec:
    usual = default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=steps))
    train = replace(usual.train, eval_every=3, batch_size=8, eval_tokens=400)
    return replace(usual, train=train, model=replace(usual.model, **model))


def figures(train: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in train.metric}


def curves(train: AppTest) -> list[str]:
    """What may be drawn of the run."""
    (views,) = [group for group in train.get("button_group") if group.key == "train-view"]
    return list(views.options)


@pytest.mark.parametrize(
    ("corpus", "offered", "never"),
    [
        ("names", {"transformer", "lstm", "ngram", "encoder"}, {"rnn-translator"}),
        ("names-by-sex", {"transformer", "lstm", "encoder"}, {"ngram", "rnn-translator"}),
        ("speeches-by-year", {"transformer", "gru", "encoder"}, {"bigram", "encoder-decoder"}),
        ("numbers-in-words", {"encoder-decoder", "rnn-translator"}, {"transformer", "ngram"}),
    ],
)
def test_each_kind_of_data_has_its_models(
    train: AppTest, corpus: str, offered: set[str], never: set[str]
) -> None:
    choose(train, corpus)
    box = train.selectbox(key="train-model")
    spec = default_spec(CorpusSpec(name=corpus), box.value)
    titles = set(box.options)
    from lm_core.models import models

    assert {models[name].title for name in offered} <= titles
    assert not {models[name].title for name in never} & titles
    assert corpora[corpus].extra["info"].kind in spec.learned.kinds
    assert not train.button(key="train-start").disabled


@pytest.mark.parametrize(
    ("corpus", "family", "shipped", "unit"),
    [
        ("names", "transformer", "Transformer, US first names, 2017", "nats per character"),
        ("names", "lstm", "LSTM, US first names, 2017", "nats per character"),
        ("speeches", "lstm", "LSTM, State of the Union addresses", "nats per token"),
        (
            "numbers-in-words",
            "encoder-decoder",
            "Encoder-decoder, Numbers, English to French",
            "nats per word",
        ),
    ],
)
def test_before_a_run_the_curve_is_of_a_model_of_such_data(
    train: AppTest, corpus: str, family: str, shipped: str, unit: str
) -> None:
    choose(train, corpus)
    train.selectbox(key="train-model").select(family).run()
    said = [c.value for c in train.caption if c.value.startswith("An example that ships")]
    assert [one.partition(": ")[2] for one in said] == [shipped]
    assert any(unit in chart.proto.spec for chart in train.get("vega_lite_chart"))
    assert not train.info


def test_of_the_models_that_ship_the_one_most_like_the_chosen_is_the_example() -> None:
    pairs = CorpusChoice("numbers-en-fr", "", False, "", ready=True, kind="pairs")
    from lm_core.models import models

    for attention in ("none", "bahdanau", "luong"):
        settings = models["rnn-translator"].settings(attention=attention).to_dict()
        nearest = nearest_first(pairs, "rnn-translator", settings)[0]
        assert nearest.card["model"]["attention"] == attention
    settings = default_spec(pairs.spec(), "encoder-decoder").model.to_dict()
    nearest = nearest_first(pairs, "encoder-decoder", settings)[0]
    assert nearest.folder.name == "translate-transformer"


@pytest.mark.parametrize("corpus", ["names-by-sex", "speeches-by-year"])
def test_where_no_model_of_such_data_ships_that_is_said(train: AppTest, corpus: str) -> None:
    choose(train, corpus)
    assert not train.get("vega_lite_chart")
    (told,) = train.info
    assert told.value.startswith("No model that learned from data of this kind ships")


def test_a_model_for_other_data_is_replaced_and_one_that_fits_stays(train: AppTest) -> None:
    train.selectbox(key="train-model").select("lstm").run()
    choose(train, "names-by-sex")
    assert train.selectbox(key="train-model").value == "lstm"
    choose(train, "numbers-in-words")
    assert train.selectbox(key="train-model").value == "encoder-decoder"
    choose(train, "names")
    assert train.selectbox(key="train-model").value == "encoder-decoder"  # which reads a text too


def test_the_settings_of_what_is_learned_are_there_and_reach_the_run(train_more: AppTest) -> None:
    choose(train_more, "numbers-in-words")
    smoothing = next(w for w in train_more.number_input if w.label == "Label smoothing")
    smoothing.set_value(0.1).run()
    train_more.button(key="train-start").click().run()
    assert not train_more.exception
    (run,) = session._manager().store.runs_of(train_more.session_state["visitor"])
    spec = RunSpec.from_dict(run.spec)
    assert (spec.task_name, spec.task.label_smoothing, spec.task.target) == (
        "translation",
        0.1,
        "char",
    )
    session._manager().stop(run.id, train_more.session_state["visitor"])


def test_a_classifier_shows_its_figures_its_answers_and_what_it_takes_for_what(
    train: AppTest,
) -> None:
    trained(train, spec_of("names-by-sex", "lstm", n_embd=8, n_hidden=8))
    shown = figures(train)
    assert {"Validation, nats", "Accuracy", "F1"} <= shown.keys()
    assert 0 <= float(shown["Accuracy"]) <= 1
    assert curves(train)[:3] == ["Loss", "Accuracy", "F1"]
    assert "probability" in " ".join(html(train))
    titles = [
        json.loads(c.proto.spec)["layout"]["title"]["text"] for c in train.get("plotly_chart")
    ]
    assert any("Which class was taken for which" in title for title in titles)
    assert any("texts are right" in caption.value for caption in train.caption)


def test_a_translator_shows_what_it_makes_of_pairs(train: AppTest) -> None:
    small = {"n_embd": 16, "n_head": 2, "n_layer": 1}
    trained(train, spec_of("numbers-in-words", "encoder-decoder", **small))
    shown = figures(train)
    assert {"Validation, nats", "Perplexity", "Exact match", "ChrF"} <= shown.keys()
    assert "BLEU" not in shown  # digits have no four words in a row
    assert "BLEU" not in curves(train)
    written = " ".join(html(train))
    assert "thousand" in written
    assert "right: " in written


def test_each_score_of_a_translator_is_drawn_over_the_steps(train: AppTest) -> None:
    small = {"n_embd": 16, "n_head": 2, "n_layer": 1}
    run = trained(train, spec_of("numbers-en-fr", "encoder-decoder", **small))
    views = curves(train)
    assert views[:5] == ["Loss", "Perplexity", "Exact match", "BLEU", "ChrF"]
    store = session._manager().store
    scored = [row for row in store.since(Evaluated, run, 0) if row["split"] == "validation"]
    for view, name in zip(views[1:5], ["perplexity", "exact match", "BLEU", "chrF"], strict=True):
        train.button_group(key="train-view").set_value(view).run()
        assert not train.exception
        titles = [json.loads(c.proto.spec)["title"] for c in train.get("vega_lite_chart")]
        assert f"{view} on validation" in titles
        drawn = next(t.value for t in train.dataframe if any(name in c for c in t.value.columns))
        by_step = {row["step"]: row["metrics"][name] for row in scored}
        assert dict(drawn.to_numpy().tolist()) == pytest.approx(by_step)
    other = spec_of("names", "lstm", n_embd=8, n_hidden=8)
    trained(train, other)  # which has no such score
    assert not {"BLEU", "ChrF"} & set(curves(train))


@pytest.mark.parametrize("name", TOYS)
def test_what_is_new_is_found_chosen_and_shown(toys: None, train: AppTest, name: str) -> None:
    corpus, family, _, lr = TOYS[name]
    choose(train, corpus)
    assert train.selectbox(key="train-model").value == family
    assert not any(box.label == "Tokenizer" for box in train.selectbox)
    assert not train.button(key="train-start").disabled
    spec = spec_of(corpus, family)
    trained(train, replace(spec, train=replace(spec.train, lr=lr)))
    task = spec.learned
    assert f"Validation, {task.judge}" in figures(train)
    assert curves(train)[0] == "Loss"
    assert len(curves(train)) == 4 + len(task.metrics)
    if name == "pictures":
        assert all(one.alt for one in train.get("image")[0].proto.imgs)
    if name == "series":
        assert "real" in " ".join(html(train))


def test_the_test_split_is_measured_in_the_figures_of_the_task(
    train: AppTest, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained(train, spec_of("names-by-sex", "lstm", n_embd=8, n_hidden=8))
    store = session._manager().store
    assert main([*command(store, store.get(run)), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    keep(store, store.get(run), answer)
    train.run()
    assert not train.exception
    shown = figures(train)
    assert shown["Test, accuracy"] == nats(answer["metrics"]["accuracy"])
    assert shown["Test, nats"] == nats(answer["nats_per_token"])
    assert "Test perplexity" not in shown

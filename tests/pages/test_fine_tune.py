"""The Fine-tune screen: what would learn, what is refused, and what came of a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.corpora.own_labelled import labelled_of
from lm_core.corpora.own_summaries import summarised
from lm_core.device import choose_device
from lm_core.evaluation.lora_study import statements
from lm_core.evaluation.study import read
from lm_core.evaluation.written import means
from lm_core.runs.prepare import prepare
from lm_core.runs.sorting import sorts, sorts_blindly
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.starting import folder_of
from lm_core.runs.training_run import TrainingRun
from lm_core.runs.tuned import outcome
from lm_core.runs.tuning import tuning_spec
from lm_core.training import Budget
from pages._ui.shared import models, session
from pages._ui.tune.bases import bases
from pages._ui.tune.form import METHODS
from pages._ui.tune.statements import STUDY
from pages._ui.tune.written import CALLED
from tests.pages import stored
from tests.pages.screens import sound
from tests.tiny import NAMES as TINY
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
VISITOR = "v" * 24
NAMES = "names-transformer"
VIEWS = {
    "outcome": "What came of it",
    "written": "ROUGE of what it writes",
    "statements": "Four statements on LoRA",
}


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """What a test stores for its visitor is gone for the next."""
    yield
    store = session._manager().store
    stored.forget(store, *(run.id for run in store.runs_of(VISITOR)))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.session_state["visitor"] = VISITOR
    words = {"method": METHODS, "view": VIEWS}
    for name, value in address.items():
        value = words.get(name, {}).get(value, value)
        app.query_params["tune-" + name.replace("_", "-")] = value
    return app.switch_page("pages/fine_tune.py").run()


def said(app: AppTest) -> str:
    kinds = ("markdown", "caption", "warning")
    return "\n".join(part.value for kind in kinds for part in app.get(kind))


def called(folder: str) -> str:
    choices = bases()
    pairs = zip(models.labels(choices), choices, strict=True)
    return next(label for label, choice in pairs if choice.folder.name == folder)


@pytest.mark.parametrize(
    ("method", "sizes", "learns"),
    [
        ("full", {}, "336,960 of 336,960"),
        ("lora", {"rank": "4"}, "18,432 of 355,392"),
        ("soft-prompt", {"prompt": "4"}, "384 of 337,344"),
    ],
)
def test_what_would_learn_is_counted_before_anything_runs(
    method: str, sizes: dict[str, str], learns: str
) -> None:
    app = sound(opened(model=called(NAMES), method=method, **sizes))
    assert f"**{learns} numbers learn**" in said(app)
    assert not app.button(key="tune-start").disabled


def test_the_parts_of_the_model_are_offered() -> None:
    app = sound(opened(model=called(NAMES), method="layers"))
    (parts,) = app.multiselect
    assert {"embedding", "0", "1", "head"} <= set(parts.options)
    parts.set_value([]).run()
    assert "No part is chosen" in said(sound(app))
    assert app.button(key="tune-start").disabled


@pytest.mark.parametrize(
    ("folder", "method", "sizes", "why"),
    [
        ("names-lstm", "lora", {}, "choose a Transformer"),
        ("names-gru", "soft-prompt", {}, "a Transformer decoder"),
        (NAMES, "lora", {"rank": "500"}, "is larger than the matrix"),
        (NAMES, "soft-prompt", {"prompt": "1000"}, "leaves no room"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(
    folder: str, method: str, sizes: dict[str, str], why: str
) -> None:
    app = sound(opened(model=called(folder), method=method, **sizes))
    assert why in said(app)
    assert app.button(key="tune-start").disabled


def test_without_a_run_it_says_how_to_come_by_one() -> None:
    app = sound(opened(view="outcome"))
    assert "Nothing was adapted yet" in app.info[0].value


def test_somebody_elses_model_is_adapted_and_named_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(session._manager().store.folder))
    theirs = next(choice for choice in bases() if choice.foreign == "package:glassllm")
    assert theirs.label == "Transformer, Lewis Carroll (glassllm)"
    app = sound(opened(model=theirs.label, method="lora", rank="2"))
    assert "of 867," in said(app)
    assert "MIT" in said(app)
    sea = own_corpus("The sea is calm and the wind is still.\n\n" * 200, title="Sea", items=False)
    data = CorpusSpec(name="own", text=save_own(sea))
    _, folder = tuned("layers", start="package:glassllm", data=data, layers="3")
    assert load_checkpoint(folder).meta["spec"]["start"]["folder"] == "package:glassllm"
    app = sound(opened(view="outcome"))
    assert [metric.label for metric in app.metric] == ["Gain on the new text"]
    assert "the old text is not on this machine" in said(app).lower()
    assert len(app.code) == 2


def tuned(
    method: str, start: str = NAMES, data: CorpusSpec | None = None, **sizes: object
) -> tuple[str, Path]:
    """A finished run of the visitor's."""
    spec = tuning_spec(
        start,
        data or CorpusSpec(name="names"),
        AdapterSettings(method=method, **sizes),
        budget=Budget(steps=3),
    )
    store = session._manager().store
    run = store.create(VISITOR, f"By {method}", spec.to_dict())
    folder = store.run_folder(run) / "checkpoint"
    list(TrainingRun(prepare(spec), folder, choose_device("cpu", 1)))
    return run, folder


def test_what_came_of_a_run_is_measured_written_and_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(session._manager().store.folder))
    run, folder = tuned("lora", rank=2)
    app = sound(opened(view="outcome"))
    saved = load_checkpoint(folder)
    spec = tuning_spec(NAMES, CorpusSpec(name="names"), AdapterSettings(method="lora", rank=2))
    found = outcome(prepare(spec), saved.model, most=8_000)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Gain on the new text"] == f"{found.gain.less:+.3f} nats"
    assert shown["Forgotten of the old text"] == f"{-found.forgetting.less:+.3f} nats"
    assert len(app.code) == 2
    app.slider[0].set_value(2).run()
    assert "a change of rank 2 would leave out" in said(sound(app))
    assert folder_of(f"run:{run}") == folder


def test_virtual_tokens_are_told_by_their_nearest() -> None:
    _, folder = tuned("soft-prompt", prompt=3)
    app = sound(opened(view="outcome"))
    frame = next(f.value for f in app.dataframe if "virtual token" in f.value)
    model = load_checkpoint(folder).model
    cosines = torch.cosine_similarity(model.prompt[0], model.embedding.weight, dim=-1)
    assert f"({cosines.max():.2f})" in frame["nearest 1"][0]


def test_texts_with_a_class_are_sorted_frozen_and_tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(session._manager().store.folder))
    app = opened(model=called(NAMES), method="layers")
    app.query_params["text"] = "names-by-sex"
    sound(app.run())
    assert "on top of the frozen network" in said(app)
    assert "**194 of" in said(app)  # 2 x 96 and 2
    assert not app.button(key="tune-start").disabled
    app.selectbox(key="tune-model").set_value(called("names-mlp")).run()
    assert "is not learned from texts with a class" in said(sound(app))
    assert app.button(key="tune-start").disabled
    rows = [f"{name},{'vowel' if name[-1] in 'aeiou' else 'other'}" for name in TINY]
    ends = labelled_of("\n".join(["text,label", *rows]), title="Ends", kind="classes")
    data = CorpusSpec(name="own", text=save_own(ends), kind="classes")
    tuned("full", data=data)
    app = sound(opened(view="outcome"))
    assert "The frozen network was not tried" in said(app)
    _, folder = tuned("layers", data=data, layers="head")
    app = sound(opened(view="outcome"))
    table = next(f.value for f in app.dataframe if "F1" in f.value).set_index("what learned")
    assert {"Frozen network, new last layer", "Every weight"} < set(table.index)
    saved = load_checkpoint(folder)
    prepared = prepare(RunSpec.from_dict(saved.meta["spec"]))
    frozen, blind = sorts(prepared, saved.model), sorts_blindly(prepared, saved.model)
    for name, found in (("Frozen network, new last layer", frozen), ("Nothing: blind", blind)):
        row = table[table.index.str.startswith(name)].iloc[0]
        assert row["accuracy"] == pytest.approx(found.accuracy, abs=1e-3)
        assert row["F1"] == pytest.approx(found.f1, abs=1e-3)
    assert "against the frozen network “Every weight”" in said(app)


def test_rouge_is_of_what_was_written_with_lead_3_in_the_table() -> None:
    app = sound(opened(view="written", rouge_count="2", rouge_seed="4"))
    label = app.multiselect[0].value[0]
    app.button(key="tune-rouge-start").click().run()
    while sound(app).session_state["tune-rouge"].going:
        app.run()
    app.run()
    pieces = app.session_state["tune-rouge"].rows
    found = means(pieces)
    table = next(f.value for f in sound(app).dataframe if "ROUGE-L" in f.value)
    assert list(table["who"][:2]) == ["lead-3: the three sentences again", CALLED["unrelated"]]
    assert list(table["examples"][2:]) == ["0", "1", "3"]
    assert set(table["who"][2:]) == {label}
    for name, rouge in (("ROUGE-1", "rouge1"), ("ROUGE-2", "rouge2"), ("ROUGE-L", "rougeL")):
        assert list(table[name]) == pytest.approx([one.scores[rouge].f1 for one in found])
    assert all(piece.text for piece in pieces)
    assert "lies" in said(app)
    assert "from lead-3" in said(app)
    shown = [code.value for code in app.code]
    assert pieces[-1].text not in shown  # of the second paragraph
    app.selectbox(key="tune-rouge-place").set_value(1).run()
    assert pieces[-1].text in [code.value for code in sound(app).code]


def test_of_articles_with_summaries_it_is_the_summaries() -> None:
    news = [f"Ship {k} is lost. It sank at {k}. All {k} live. Rain fell." for k in range(60)]
    text = "\n\n".join(summarised(one, f"Ship {k} sinks.") for k, one in enumerate(news))
    sha = save_own(own_corpus(text, title="News", items=False))
    session._manager().store.texts.add(VISITOR, sha, "News", "text")
    app = opened(view="written", rouge_count="2")
    app.query_params["text"] = f"own-{sha}"
    app = sound(app.switch_page("pages/fine_tune.py").run())
    assert "This text holds articles with summaries" in said(app)


def test_statements_on_lora_are_shown_with_what_was_measured() -> None:
    app = sound(opened(view="statements"))
    judged = statements(read(STUDY))
    assert [header.value for header in app.subheader] == [
        f"{k}. {one.title}" for k, one in enumerate(judged, start=1)
    ]
    shown = said(app)
    for one in judged:
        assert f"**{one.verdict.capitalize()}.**" in shown
        assert one.told in shown
    assert "Full tuning" in shown.rpartition("Forgotten")[2]

"""A model shared by a link or brought as a file: another visitor sees the model, and nothing else
of the run."""

from concurrent.futures import ThreadPoolExecutor
from math import exp, log
from pathlib import Path
from string import ascii_letters, digits

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import save_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Question
from lm_core.lessons.report import page
from lm_core.model_file import pack
from lm_core.runs.prepare import prepare
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.training.events import Evaluated
from pages._ui.lesson.panel import Progress
from pages._ui.shared import given_models, session
from pages._ui.shared.choice import choice_of
from pages._ui.train import report
from pages._ui.train.sharing import opens_on
from tests.pages import stored
from tests.pages.shared.test_address import opened
from tests.tiny import tiny_settings

EACH = f"{ascii_letters} {digits},. "  # so that what the screens begin with can be read
TEXT = f"the sun rose and the sea was calm, and the men rose too. {EACH}" * 8
SECRET, NOTE = "My diary of the year", "a note of mine"
MODEL = "generate_text-model"


@pytest.fixture
def run(train: AppTest) -> str:
    """A finished run of the visitor of `train` on a text of their own."""
    key = save_own(own_corpus(TEXT, title=SECRET, items=False))
    said = stored.spec("transformer").to_dict()
    said |= {"data": CorpusSpec(name="own", text=key).to_dict()}
    said |= {"model": {"name": "transformer", **tiny_settings("transformer")}}
    ready = prepare(RunSpec.from_dict(said))
    owner = train.session_state["visitor"]
    run = stored.stored_run(owner, ready.spec, title=SECRET)
    store = session._manager().store
    store.annotate(run, owner, NOTE)
    folder = store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, ready.model, ready.tokenizer, ready.card())
    return run


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert [one.value for one in app.error] == []
    return app


def all_said(app: AppTest) -> str:
    return str(app._tree)


def test_a_link_is_made_opened_and_taken_back(train: AppTest, run: str) -> None:
    train.session_state["train-ticked"] = [run]
    train.session_state["train-share"] = True
    sound(train.run())
    train.button(key="train-share-give").click().run()
    store = session._manager().store
    word = store.shares.word(run)
    assert len(word) == 32
    assert any(f"/generate_text?shared={word}" in code.value for code in sound(train).code)

    other = sound(opened("generate_text", shared=word))
    assert other.session_state["visitor"] != train.session_state["visitor"]
    chosen = other.selectbox(key=MODEL)
    assert chosen.value == chosen.options[0] == "Shared: Transformer, own text"
    for look in (
        "new",
        "prompt",
    ):  # whose own text this visitor lacks; of one that ships it is long
        other.session_state["generate_text-look"] = look
        other.run()
    for screen in ("attention", "reading"):
        sound(other.switch_page(f"pages/{screen}.py").run())
        assert other.selectbox(key=f"{screen}-model").value == chosen.value
        assert SECRET not in all_said(other)
    sound(other.switch_page("pages/train.py").run())
    said = all_said(other)
    for hidden in (SECRET, NOTE, "sun rose", run):
        assert hidden not in said
    assert not store.runs_of(other.session_state["visitor"])

    train.button(key="train-share-back").click().run()
    assert store.shares.word(run) == ""
    sound(other.switch_page("pages/generate_text.py").run())
    assert not any(o.startswith("Shared") for o in other.selectbox(key=MODEL).options)
    late = opened("generate_text", shared=word)
    assert [one.value for one in late.info][:1] == [given_models.GONE]
    assert "shared" not in late.query_params


def test_a_card_says_nothing_of_its_owner(run: str) -> None:
    from lm_core.checkpoints import read_meta

    card = read_meta(session._manager().store.run_folder(run) / "checkpoint")
    said = str(given_models.bare(card))
    for hidden in (SECRET, card["spec"]["data"]["text"], "command", "title': 'My", "seed"):
        assert hidden not in said
    public = given_models.bare({**card, "corpus": {"name": "names", "items": True}})
    assert public["spec"]["data"] == {"name": "names"}
    told = {"data": {"name": "file", "path": "/etc/passwd"}, "start": {"folder": "/etc"}}
    assert "/etc" not in str(given_models.bare({**card, "spec": told}))


def test_a_report_has_the_figures_of_the_run_and_what_was_said(
    run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = session._manager().store
    row = store.get(run)
    question = Question(text="How low will it come?", kind="number", why="Why so?")
    lesson = LessonLink("train", {}, question=question)
    said = Progress(predicted=2.1, why="It is small.", compared=True)
    monkeypatch.setattr(report, "progress", lambda of: said if of == lesson else Progress())
    monkeypatch.setattr(report.st, "session_state", {report.UNDER: {run: lesson}})
    asked = [("Asked:", "How low will it come?"), ("I expected:", "2.1"), ("Why so?", said.why)]
    file = report.page_of(row)
    # A file is made when it is asked for, where nobody knows whose session it is.
    monkeypatch.setattr(report, "progress", lambda of: Progress())
    monkeypatch.setattr(report.st, "session_state", {})
    with ThreadPoolExecutor() as elsewhere:
        taken = elsewhere.submit(file).result().decode()
    for name, text in asked:
        assert name in taken
        assert text in taken
    made = report.report_of(store, row, "today", asked)
    assert made.asked == asked
    figures = dict(made.figures)
    kept = [r["nats"] for r in store.since(Evaluated, run) if r["split"] == "validation"][-1]
    assert figures["Validation loss"].startswith(f"{kept:.2f}")
    assert float(figures["Perplexity"]) == pytest.approx(exp(kept), rel=0.01)
    assert float(figures["Bits per character"]) == pytest.approx(kept / log(2), rel=0.01)
    assert figures["Seed"] == "0"
    assert figures["Steps"] == "120"
    assert made.train[0][0], made.train[-1][0] == (1, 120)
    assert "--corpus FILE" in made.command
    html = page(made)
    assert f"Note: {NOTE}" in html
    assert "<svg" in html


def test_a_file_opens_and_is_closed() -> None:
    app = sound(opened("generate_text", **{"generate_text-file-open": "true"}))
    app.session_state["generate_text-file-open"] = True
    sound(app.run())
    shakes = Path(__file__).parents[2] / "checkpoints" / "speeches-ngram"
    app.file_uploader[0].upload("m.zip", pack(shakes), "application/zip").run()
    sound(app)
    assert app.selectbox(key=MODEL).value.startswith("From a file: ")
    word = app.query_params["shared"]
    word = word if isinstance(word, str) else word[0]
    folder = given_models.folder_of(word)
    assert folder is not None
    assert "model.safetensors" in {path.name for path in folder.iterdir()}
    app.button(key=f"generate_text-file-close-{word[:12]}").click().run()
    assert not folder.exists()
    assert not sound(app).selectbox(key=MODEL).value.startswith("From a file")
    app.file_uploader[0].upload("n.zip", b"none", "application/zip").run()
    assert "no model file" in app.error[0].value


def test_where_a_link_leads() -> None:
    folder = Path(__file__).parents[2] / "checkpoints"
    from lm_core.checkpoints import read_meta

    led = {
        name: opens_on(choice_of(folder / name, read_meta(folder / name)))
        for name in ("speeches-lstm", "names-gru", "translate-transformer", "translate-none")
    }
    assert list(led.values()) == ["generate_text", "generate_names", "attention", ""]

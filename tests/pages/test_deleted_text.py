"""A text that its owner deleted: models that learned it stay, and every screen shows them."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import save_checkpoint
from lm_core.corpora.own import has_own, own_corpus
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from pages._ui.shared import session
from tests.pages.stored import stored_run
from tests.tiny import TEXT, tiny_settings
from tests.waiting import PATIENCE, until

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
LABEL = "Yours: mine"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)


def a_run_of_a_deleted_text(family: str) -> str:
    runs = session._manager()
    text = runs.give_text(own_corpus(TEXT, title="mine", items=False), OWNER)
    model = {"name": family, **tiny_settings(family)}
    usual = default_spec(CorpusSpec(name="own", text=text), family).to_dict()
    spec = RunSpec.from_dict(usual | {"model": model})
    ready = prepare(spec)
    if family == "ngram":
        ready.model.fit(ready.data["train"].ids, ready.data["train"].starts)
    run = stored_run(OWNER, spec, title="mine")
    folder = runs.store.run_folder(run) / "checkpoint"
    save_checkpoint(folder, ready.model, ready.tokenizer, ready.card())
    runs.delete_text(text, OWNER)
    assert not has_own(text)
    return run


def opened(screen: str, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[name.replace("__", "-")] = value
    app.switch_page(f"pages/{screen}.py").run()
    assert not app.exception
    return app


def test_its_models_write_and_show_what_they_hold() -> None:
    run = a_run_of_a_deleted_text("ngram")
    app = opened("generate_text", generate_text__model=LABEL, generate_text__prompt="to be")
    assert not app.error
    assert app.session_state["generate_text-model"] == LABEL
    app = opened("train", run=run)
    assert not app.error
    app = opened("doctor")
    assert not app.error


def test_its_attention_is_seen() -> None:
    a_run_of_a_deleted_text("transformer")
    app = opened("attention", attention__model=LABEL, attention__text="to be")
    assert not app.error


def test_resuming_its_run_says_what_is_needed() -> None:
    run = a_run_of_a_deleted_text("bigram")
    runs = session._manager()
    runs.store.update(run, status="stopped")
    runs.resume(run, OWNER)
    until(lambda: runs.store.get(run).status == "failed")
    app = opened("train", run=run)
    assert "That text is not stored on this machine (any more)" in runs.store.get(run).message
    assert any("upload or paste it again" in e.value for e in [*app.error, *app.warning])

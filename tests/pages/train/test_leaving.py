"""One question where runs are listed, and all of a visitor's is gone."""

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora.own import has_own, own_corpus
from pages._ui.shared import session
from tests.pages import stored
from tests.pages.stored import stored_run
from tests.tiny import TEXT


def says(at: AppTest, words: str) -> bool:
    return any(words in c.value for c in [*at.caption, *at.markdown])


def asked(at: AppTest) -> bool:
    return any(button.key == "train-leave-sure" for button in at.button)


def test_it_asks_first_and_then_all_is_gone(train: AppTest) -> None:
    assert not asked(train)
    runs, owner = session._manager(), train.session_state["visitor"]
    run, other = stored_run(owner), stored_run("somebody-else")
    stored_run(owner, kind="doctor")
    text = runs.give_text(own_corpus(TEXT, title="my diary", items=False), owner)
    train.query_params["run"] = run
    train.run()
    assert says(train, "Delete all that is yours here: 1 run, 1 examination and 1 text?")
    train.button(key="train-leave-sure").click().run()
    assert not train.exception
    assert not train.error
    assert [toast.value for toast in train.toast] == ["All that was yours is deleted."]
    assert runs.store.runs_of(owner) == []
    assert not has_own(text)
    assert "run" not in train.query_params
    assert says(train, "None yet.")
    assert not asked(train)
    assert runs.store.get(other).status == "finished"
    stored.forget(runs.store, other)


def test_a_text_alone_is_reason_enough_and_its_choice_falls_back(
    train: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, owner = session._manager(), train.session_state["visitor"]
    text = runs.give_text(own_corpus(TEXT, title="my diary", items=False), owner)
    train.query_params["text"] = text
    train.run()
    assert not train.exception
    assert says(train, "Delete all that is yours here: 1 text?")
    train.button(key="train-leave-sure").click().run()
    assert not train.exception
    assert not has_own(text)
    assert not train.run().exception


def test_runs_that_go_on_are_told_to_stop_and_that_is_said(train: AppTest) -> None:
    runs, owner = session._manager(), train.session_state["visitor"]
    run = stored_run(owner, status="running")
    train.run()
    train.button(key="train-leave-sure").click().run()
    assert not train.exception
    assert [error.value for error in train.error] == [
        "1 run of yours is going, and told to stop, which takes a few seconds: then press the "
        "button once more."
    ]
    assert runs.store.get(run).requested == "stop"
    runs._turns.end(run)
    runs.store.update(run, status="stopped")
    train.button(key="train-leave-sure").click().run()
    assert not train.error
    assert runs.store.runs_of(owner) == []

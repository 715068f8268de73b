"""Who may open whose model by a word, and until when."""

from pathlib import Path

import pytest

from lm_core.errors import RunNotFound
from lm_core.runs.store import RunStore


def test_a_word_opens_a_run_until_it_is_taken_back(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    run, other = store.create("a", "t", {}), store.create("a", "u", {})
    assert store.shares.word(run) == ""
    word = store.shares.give(run, "a")
    assert len(word) == 32
    assert store.shares.give(run, "a") == word == store.shares.word(run)
    assert store.shares.give(other, "a") != word
    assert RunStore(tmp_path).shares.run(word) == run
    for no in ("", run, word[:-1], word.swapcase(), "%", "' OR 1=1"):
        assert store.shares.run(no) == ""
    with pytest.raises(RunNotFound):
        store.shares.give(run, "b")
    store.shares.take_back(run, "b")
    assert store.shares.run(word) == run
    store.shares.take_back(run, "a")
    assert store.shares.run(word) == ""
    again = store.shares.give(run, "a")
    assert again != word
    store.delete(run, "a")
    assert store.shares.run(again) == ""
    with store._reading() as db:
        assert db.execute("SELECT count(*) FROM shares").fetchone()[0] == 1

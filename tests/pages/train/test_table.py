"""What the table of runs says of each, and what runs are called beside each other."""

from types import SimpleNamespace

import pytest
import streamlit as st

from lm_core.runs import final_score
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from pages._ui.train import names, table
from pages._ui.train.names import labels
from pages._ui.train.table import found_by
from tests.pages.stored import spec


def run(title="Transformer, US first names, 2017", given=None, **columns):
    usual = {"id": title, "note": "", "status": "finished", "facts": {}, "number": 1}
    return SimpleNamespace(title=title, spec=(given or spec()).to_dict(), **usual | columns)


def test_runs_are_found_by_words_of_name_note_and_settings():
    row = {"Run": "My best", "Note": "higher rate", "Learning rate": "0.02", "Steps": None}
    assert found_by(row, "")
    assert found_by(row, "BEST 0.02")
    assert found_by(row, "rate higher")
    assert not found_by(row, "best lstm")


def test_runs_of_one_text_are_called_by_what_sets_them_apart():
    assert labels([run(), run("LSTM, US first names, 2017", spec("lstm"))]) == [
        "Transformer",
        "LSTM",
    ]
    alike = [run(given=spec(lr=0.01)), run(given=spec(lr=0.02), number=2)]
    assert labels(alike) == [
        "Transformer, run 1: learning rate 0.01",
        "Transformer, run 2: learning rate 0.02",
    ]
    assert labels([run(), run(number=2)]) == ["Transformer, run 1", "Transformer, run 2"]


def test_a_loss_that_is_not_about_tokens_stands_under_its_own_name(monkeypatch):
    """Beside two texts that are cut otherwise, which are compared in bits."""
    monkeypatch.setattr(table, "started", lambda run: "")
    monkeypatch.setattr(final_score, "final_score", lambda store, run: None)
    scored = [{"split": "validation", "nats": 0.5, "seq": 1}]
    store = SimpleNamespace(since=lambda *_: scored, last=lambda *_: None)
    counts = {"counts": {"validation": {"tokens": 10, "characters": 20}}}
    texts = [run(given=spec("lstm"), facts=counts), run(given=spec("ngram"), facts=counts)]
    texts[1].spec["codec"] = {"name": "bpe"}
    picture = default_spec(CorpusSpec(name="digits"), "convolution")
    faces = run(given=picture, facts={"judge": "absolute error"})
    first, second, third = table.rows(store, [*texts, faces], None)
    assert "Best validation, bits per character" in first.keys() & second.keys()
    assert third["Best validation, absolute error"] == 0.5
    assert "Best validation, bits per character" not in third


@pytest.mark.parametrize(
    ("zone", "offset", "said"),
    [
        ("Asia/Tokyo", None, "2 January 1970, 9:00"),
        (None, -330, "2 January 1970, 5:30"),
        ("../etc/passwd", 60, "1 January 1970, 23:00"),
        ("Nowhere", 10**9, "2 January 1970, 0:00"),
        (None, None, "2 January 1970, 0:00"),
    ],
)
def test_a_run_was_started_by_the_clock_of_the_visitor(monkeypatch, zone, offset, said):
    """Whatever the browser says of it."""
    monkeypatch.setattr(st, "context", SimpleNamespace(timezone=zone, timezone_offset=offset))
    assert names.started(run(created=86400.0)) == said

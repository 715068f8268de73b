"""What the table of runs says of each, and what runs are called beside each other."""

from types import SimpleNamespace

from pages._ui import run_table
from pages._ui.run_table import found_by, labels, settings_that_differ
from tests.pages.stored import spec


def run(title="Transformer, US first names, 2017", given=None, **columns):
    usual = {"id": title, "note": "", "status": "finished", "facts": {}}
    return SimpleNamespace(title=title, spec=(given or spec()).to_dict(), **usual | columns)


def test_only_settings_in_which_runs_differ_are_columns():
    differing = settings_that_differ([spec(lr=0.01).to_dict(), spec(lr=0.02).to_dict()])
    assert differing == [{"train.lr": "0.01"}, {"train.lr": "0.02"}]
    assert settings_that_differ([spec().to_dict()]) == [{}]


def test_what_one_family_has_and_the_other_not_is_no_difference():
    both = settings_that_differ([spec("transformer").to_dict(), spec("lstm").to_dict()])
    assert "model.n_head" not in both[0]
    assert "model.n_hidden" not in both[1]
    assert both[0]["model.name"] == "transformer"


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
    alike = [run(given=spec(lr=0.01)), run(given=spec(lr=0.02))]
    assert labels(alike) == [
        "Transformer: learning rate 0.01",
        "Transformer: learning rate 0.02",
    ]


def test_runs_that_agree_in_everything_are_numbered():
    assert labels([run(), run()]) == ["Transformer₁", "Transformer₂"]


def test_no_two_settings_are_called_alike():
    titles = run_table.setting_titles([run(), run(given=spec("lstm"))])
    assert len(set(titles.values())) == len(titles)

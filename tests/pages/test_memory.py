"""The Memory screen: gates of shipped models, units that count, gradients, made texts."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import load_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.gates import record_gates, unit_step
from pages._ui.memory import delays, gradient, reading
from pages._ui.shared import models
from tests.pages.screens import said, sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
NAME = "anastasia"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"memory-{name}"] = value
    app.switch_page("pages/memory.py").run()
    return sound(app)


def label_of(folder: str) -> str:
    choices = reading.with_memory()
    called = zip(models.labels(choices), choices, strict=True)
    return next(label for label, choice in called if choice.folder.name == folder)


@pytest.mark.parametrize("folder", ["names-lstm", "names-gru", "names-rnn"])
def test_the_steps_of_a_unit_are_the_librarys(folder: str) -> None:
    app = opened(model=label_of(folder))
    assert app.text_input(key="memory-name").value == NAME
    unit, t = app.session_state["memory-unit"], app.session_state["memory-place"]
    assert t == len(NAME)  # the last letter, after the boundary
    app.button(key="memory-back").click().run()
    sound(app)
    saved = load_checkpoint(models.SHIPPED / folder)
    recorded = record_gates(saved.model, text_ids(saved.tokenizer, NAME, items=True))
    step = unit_step(saved.model, recorded, 0, unit, t - 1)
    shown = table(app, "from the token")
    np.testing.assert_allclose(shown["value"], [one.value for one in step.sums], atol=1e-4)
    assert f"gives h = {step.after['hidden']:.6f}"[:-2] in said(app)
    tables = [frame.value for frame in app.dataframe if "unit" in frame.value]
    drawn = next(one for one in tables if "gate or state" not in one).drop(columns="unit")
    state = recorded.values[app.selectbox(key="memory-gate").value][0]
    np.testing.assert_allclose(drawn, state.T, atol=1e-5)


def test_another_text_opens_anew_and_bad_text_is_one_sentence() -> None:
    app = opened()
    app.text_input(key="memory-name").set_value("al").run()
    assert sound(app).session_state["memory-place"] == 2
    app.text_input(key="memory-name").set_value("é漢").run()
    assert not app.exception
    assert "never saw" in app.error[0].value
    app.text_input(key="memory-name").set_value("").run()
    assert "Type a word" in sound(app).info[0].value
    app.text_input(key="memory-name").set_value("a" * 2 * reading.LONGEST).run()
    assert "left out" in sound(app).info[0].value


def test_units_that_count_are_named_with_the_number_of_tokens() -> None:
    app = opened(view="Units that count")
    shown = table(app, "what goes along")
    assert shown["r"].abs().is_monotonic_decreasing
    assert "tokens since the line began" in set(shown["what goes along"])
    assert "tokens of text that was kept from it" in said(app)


def test_the_gradient_of_every_family_of_the_text_is_drawn() -> None:
    app = opened(view="How far back", model=label_of("names-lstm"))
    shown = table(app, "model")
    families = {choice.family for choice in gradient.beside(models.shipped()[0])}
    assert "transformer" in families
    assert shown["model"].nunique() >= 4
    assert "halves about every" in said(app)
    app.segmented_control(key="memory-stage").set_value("fresh").run()
    assert "before the first step" in said(sound(app))


def test_success_by_delay_is_that_of_the_file() -> None:
    app = opened(view="Long memory")
    file = delays.shipped(0.0)
    for task in file.tasks:
        app.segmented_control(key="memory-task").set_value(task).run()
        shown = table(sound(app), "lowest seed")
        means = [one.mean(d) for one in delays.grouped(file, task) for d in sorted(one.shares)]
        np.testing.assert_allclose(shown["right answers (mean, share of 1)"], means)
    assert file.command in [code.value for code in app.code]

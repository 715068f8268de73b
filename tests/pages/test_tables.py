"""The Tables screen: every view, every widget, a table of one's own, models that really learned."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lm_core.evaluation.classification import report
from lm_core.runs.worker import execute
from pages._ui.shared import session
from pages._ui.shared.corpus_choice import CorpusChoice
from pages._ui.shared.plain import plain
from pages._ui.tables.report import ERRORS
from pages._ui.tables.tuning import GRID, specs
from tests.pages.screens import said, sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
MODELS, MANY = "Models beside each other", "Many together"
OWN = "size,colour,kind\n" + "\n".join(
    f"{k}.5,{('red', 'blue')[k % 2]},{('a', 'b')[k % 2]}" for k in range(60)
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


@pytest.fixture(autouse=True, scope="module")
def forgotten():
    yield
    st.cache_data.clear()


def opened(view: str = "Explore", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in {"text": "wine", "tables-view": view, **address}.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/tables.py").run()
    return sound(app)


@pytest.mark.parametrize("corpus", ["wine", "diabetes"])
def test_columns_are_explored_in_their_own_units(corpus: str) -> None:
    app = opened(text=corpus)
    columns = table(app, "standard deviation").set_index("column")
    name, mean = {"wine": ("alcohol", 13.0006), "diabetes": ("age", 48.5181)}[corpus]
    assert columns.loc[name, "mean"] == pytest.approx(mean, abs=1e-3)
    sound(app.selectbox(key="tables-column").select(list(columns.index)[-1]).run())


def test_ours_chosen_on_validation_stands_beside_scikit_learns_on_test() -> None:
    app = opened(MODELS)
    assert list(table(app, "seconds to learn")["learner"]) == [
        "Commonest class of the training rows",
        "scikit-learn: LogisticRegression",
        "scikit-learn: MLPClassifier",
    ]
    choice = CorpusChoice("wine", "", False, "Wine", True, "table classes")
    runs, owner = session._manager(), app.session_state["visitor"]
    for spec in specs(choice, "logistic", "l2")[:2]:
        run = runs.store.create(owner, "Mine", spec.to_dict(), server=runs._presence.id)
        runs._turns.begin(run, owner, 1, 0).state = "busy"  # as if a worker had it
        assert execute(str(runs.store.folder), run, runs.store.hand_over(run)) == "finished"
        runs._turns.end(run)
    sound(app.run())
    mine = table(app, "loss on validation")
    assert list(mine["loss on validation"]) == sorted(mine["loss on validation"])
    test = table(app, "seconds to learn")
    assert len(test) == 4  # the best of ours alone, below who learned nothing
    assert (test["seconds to learn"][1:] > 0).all()
    assert test["accuracy"][0] < 0.5 < 0.9 < test["accuracy"][1]
    report = table(app, "support").set_index("class")
    assert report.loc["micro average", "f1"] == pytest.approx(test["accuracy"][1])
    assert "1.02" in said(app)
    sound(app.selectbox(key="tables-closely").select("scikit-learn: MLPClassifier").run())


def test_three_settings_of_a_family_are_started_at_once() -> None:
    app = opened(MODELS)
    sound(app.selectbox(key="tables-family").select("table-mlp").run())
    sound(app.button(key="tables-start").click().run())
    started = [session.manager().store.get(run) for run in app.session_state["tables-runs"]]
    assert [run.spec["model"]["activation"] for run in started] == [
        *GRID["table-mlp"]["activation"]
    ]
    for run in started:
        session.manager().stop(run.id, run.owner)


def test_every_setting_that_can_be_tried_is_one() -> None:
    choice = CorpusChoice("wine", "", False, "Wine", True, "table classes")
    for family, settings in GRID.items():
        for setting, values in settings.items():
            made = specs(choice, family, setting)
            known = [getattr(s.model, setting, getattr(s.train, setting, None)) for s in made]
            assert known == [*values]


def test_what_is_said_of_the_course_s_averages_is_what_they_come_to() -> None:
    """Its example: F1 of .67, .00 and .80 over 1, 1 and 3 rows."""
    told = report([0, 1, 2, 2, 2], [0, 0, 2, 2, 1])
    theirs = sum(told.classes[k].f1 * told.support[k] for k in range(3)) / 3
    for value in (theirs, told.weighted.f1, told.micro.f1):
        assert f"({value:.2f}" in ERRORS
    assert told.micro.f1 == told.accuracy


def test_values_have_mse_rmse_and_r_squared() -> None:
    app = opened(MODELS, text="diabetes")
    test = table(app, "R squared").set_index("learner")
    assert test.loc["Mean of the training rows", "R squared"] <= 0
    linear = test.loc["scikit-learn: LinearRegression"]
    assert linear["R squared"] > 0.3
    assert linear["RMSE"] ** 2 == pytest.approx(linear["MSE"])
    assert app.selectbox(key="tables-family").value == "table-mlp"


def test_many_learners_together() -> None:
    app = opened(MANY)
    assert "with 40" in said(app)
    assert list(table(app, "mistakes")["learner"]) == ["Random forest", "Boosted trees"]
    stack = [
        f.value for f in app.dataframe if "All of them, stacked" in set(f.value.get("learner", []))
    ]
    assert len(stack) == 1
    sound(app.multiselect(key="tables-level-0").set_value(["tree"]).run())
    assert any("two learners" in info.value for info in app.info)


def test_bags_are_for_classes() -> None:
    assert any("with a class" in info.value for info in opened(MANY, text="diabetes").info)


def test_a_table_of_ones_own_is_kept_and_shown() -> None:
    app = opened(text="own")
    sound(app.text_area(key="tables-of-own-text").input(OWN).run())
    assert "Read: 60 rows" in said(app)
    sound(app.button(key="tables-of-own-use").click().run())
    assert "".join(app.query_params["text"]).startswith("own-")
    assert next(iter(table(app, "standard deviation")["column"])) == "size"


def test_words_of_a_table_are_no_markup() -> None:
    app = opened(text="own")
    text = OWN.replace("size,", "<b>size,", 1).replace(",a", ",*a*").replace(",b", ",[b](c)")
    sound(app.text_area(key="tables-of-own-text").input(text).run())
    sound(app.button(key="tables-of-own-use").click().run())
    (about,) = [c.value for c in app.caption if c.value.startswith("Means of")]
    assert plain("<b>size") in about
    assert "*a*" not in about.replace(plain("*a*"), "")
    frame = table(app, "standard deviation")
    assert "<b>size" in set(frame["column"])


def test_words_in_a_target_of_numbers_get_a_sentence_and_nothing_is_lost() -> None:
    app = opened(text="own")
    text = OWN.replace("7.5,", "high,", 1)
    app.text_area(key="tables-of-own-text").input(text).run()
    app.selectbox(key="tables-of-target").select("size").run()
    app.selectbox(key="tables-of-as-0").select("table values").run()
    assert not app.exception
    assert any("which is no number" in error.value for error in app.error)
    assert app.text_area(key="tables-of-own-text").value == text

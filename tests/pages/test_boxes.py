"""The Boxes screen: the course's figures are read off it, and whatever is typed is a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.boxes import detector, dragging, rows
from pages._ui.boxes.overlapping import FIRST, OFFERED, _read
from tests.pages.screens import finished, said, sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
PRECISION, ANCHORS = "Average precision", "Anchors and windows"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(view: str = "Overlap", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in {"view": view, **address}.items():
        app.query_params[f"boxes-{name}"] = value
    app.switch_page("pages/boxes.py").run()
    assert not app.exception
    return app


def kept(app: AppTest, name: str) -> str:
    """What the address holds."""
    value = app.query_params[name]
    return value if isinstance(value, str) else "".join(value)


def test_the_two_boxes_of_the_course() -> None:
    app = sound(opened())
    assert app.metric[0].value == "0.1429"
    assert "IoU = 2,500 / 17,500 = **0.1429**" in said(app)
    sound(app.slider(key="boxes-bx").set_value((50, 150)).run())
    assert kept(app, "boxes-pair") == "50,50,150,150,50,100,150,200"
    assert "IoU = 5,000 / 15,000 = **0.3333**" in said(app)


@pytest.mark.parametrize(("name", "iou"), [("Apart", "0.0000"), ("The same box", "1.0000")])
def test_what_is_offered(name: str, iou: str) -> None:
    app = sound(opened().button(key=f"boxes-offer-{name}").click().run())
    assert app.metric[0].value == iou
    pair = ",".join(map(str, OFFERED[name]))
    assert kept(app, "boxes-pair") == pair
    assert sound(opened(pair=pair)).metric[0].value == iou


def test_a_slider_leaves_no_box_without_an_area() -> None:
    app = sound(opened())
    sound(app.slider(key="boxes-ax").set_value((250, 250)).run())
    assert app.slider(key="boxes-ax").value == (249, 250)


@pytest.mark.parametrize("text", ["", "1,2", "9,9,9,9,9,9,9,9", "x" * 120, "-1,0,5,5,0,0,5,5"])
def test_an_address_that_is_no_pair(text: str) -> None:
    assert _read(text) == FIRST


@pytest.mark.parametrize("sent", [None, "x", [], [[1, 2, 3, 4]], [[1, 2, 3], 4], [[1.5] * 4] * 2])
def test_what_no_browser_of_ours_sends_moves_nothing(sent: object) -> None:
    dragging._told(sent, 2, lambda boxes: pytest.fail(f"moved to {boxes}"))
    moved: list[object] = []
    dragging._told([[1, 2, 3, 4]] * 2, 2, moved.append)
    assert moved == [[[1, 2, 3, 4]] * 2]


# Suppression --------------------------------------------------------------------------------------


def test_suppression_and_its_threshold() -> None:
    app = sound(opened("Suppression"))
    assert "4 of 8 boxes stay: number 1, 5, 7, 4." in said(app)
    sound(app.slider(key="boxes-threshold").set_value(1.0).run())
    assert "8 of 8 boxes stay" in said(app)
    sound(app.slider(key="boxes-threshold").set_value(0.0).run())
    assert "3 of 8 boxes stay: number 1, 5, 7." in said(app)


def test_rounds_are_shown_one_after_another() -> None:
    app = sound(opened("Suppression"))
    app.slider(key="boxes-round-4").set_value(1).run()
    (table,) = [one.value for one in sound(app).dataframe if "compared with" in one.value]
    assert set(table["round"]) == {1}
    assert table["IoU"].max() == pytest.approx(0.725, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,1,5,5,2", "needs a number from 0 to 1"),
        ("5,1,5,5,0.5", "has no area"),
        ("words,1,5,5,0.5", "needs four numbers"),
    ],
)
def test_a_row_that_is_no_box_is_a_sentence(text: str, message: str) -> None:
    assert message in opened("Suppression", list=text).error[0].value


def test_no_box_at_all() -> None:
    assert "0 of 0 boxes stay" in said(sound(opened("Suppression", list="-")))


def test_rows_are_written_and_read() -> None:
    table = [("a", 1.0, None), ("b,;c", 2.5, 0.5)]
    text = rows._written(table)
    words = [True, False, False]
    assert rows._read(text, words) == [("a", 1.0, None), ("b  c", 2.5, 0.5)]
    assert rows._read("x,nan,1e99;;", words) == [("x", None, None)]


# Anchors ------------------------------------------------------------------------------------------


def test_nine_anchors_and_the_cost_of_windows() -> None:
    app = sound(opened(ANCHORS))
    (table,) = [one.value for one in app.dataframe if "ratio r" in one.value]
    assert len(table) == 9
    assert sorted(set(table["area"].round())) == [32**2, 64**2, 128**2]
    assert "3 × 3 × 256 × 192 = **442,368** windows" in said(app)
    sound(app.slider(key="boxes-wide").set_value(512).run())
    assert "**884,736**" in said(app)


@pytest.mark.parametrize("text", ["", "words", "0", "1 2 3 4 5 6 7", "nan", "-5"])
def test_sizes_that_are_none_are_a_sentence(text: str) -> None:
    app = opened(ANCHORS, sizes=text)
    if text:
        assert "with blanks between" in app.error[0].value


# Average precision --------------------------------------------------------------------------------


def test_the_curve_grows_prediction_by_prediction() -> None:
    app = sound(opened(PRECISION))
    assert "mAP at 0.50 = (0.5556 + 0.8333) / 2 = **0.6944**" in said(app)
    (table,) = [one.value for one in app.dataframe if "right or wrong" in one.value]
    assert list(table["right or wrong"]) == ["right", "wrong", "right", "wrong"]
    app.slider(key="boxes-first-4").set_value(1).run()
    (table,) = [one.value for one in sound(app).dataframe if "right or wrong" in one.value]
    assert list(table["precision so far"]) == [1.0]
    sound(app.slider(key="boxes-reach").set_value(0.95).run())
    assert "= **0.0000**" in said(app)


@pytest.mark.parametrize(
    ("scene", "message"),
    [
        ("-", "There is no object"),
        ("cat,1,1,5,5,0.5", "There is no object"),
        (",1,1,5,5,", "has no class"),
        ("cat,1,1,5,5,;cat,1,1,5,5,7", "how sure it is, or none"),
    ],
)
def test_a_scene_that_is_none_is_a_sentence(scene: str, message: str) -> None:
    assert message in opened(PRECISION, scene=scene).error[0].value


def test_a_class_of_markup_is_a_word() -> None:
    app = sound(opened(PRECISION, scene="**x**,1,1,5,5,;**x**,1,1,5,5,0.9"))
    assert r"“\*\*x\*\*”" in said(app)


def test_a_detector_stands_beside_a_window_that_learns_nothing() -> None:
    app = sound(opened("A detector"))
    assert "No detector of yours is here yet" in app.info[0].value
    rows = table(app, "mAP")
    assert list(rows["who"]) == [detector.WINDOW]
    assert rows["mAP"][0] < 0.2
    spec = detector.spec_of()
    finished(app, replace(spec, budget=replace(spec.budget, steps=40)))
    assert "python -m lm_core vision yolos-tiny" in app.info[1].value
    sound(app.run())
    rows = table(app, "mAP")
    assert len(rows) == 2
    assert len(app.info) == 1


def test_proposals_and_the_modules_of_the_course() -> None:
    app = sound(opened("Proposals"))
    modules = table(app, "module").set_index("module")["parameters"]
    assert modules["3. boxes"] == f"{512 * 32 + 32 + 32 * 4 + 4:,}"
    assert modules["3. classes"] == f"{512 * 512 + 512 + 512 * 5 + 5:,}"
    alike = table(app, "how alike").set_index("measure")["how alike"]
    assert alike.index.tolist() == ["colour", "texture", "size", "fill", "sum"]
    assert alike["sum"] == pytest.approx(alike.iloc[:4].sum())
    assert alike.iloc[:4].between(0, 1).all()
    few = sound(opened("Proposals", merges="200", proposed="5"))
    assert "nothing is merged any more" in said(few)
    assert "boxes are left to look at" in said(few)


def test_the_questions_of_the_sixth_week() -> None:
    """Q24 to Q27: graded as they are answered."""
    app = sound(opened("Questions"))
    rights = {"truth": 2, "loss": 1, "side": 1, "backbone": 0, "classifier": 1, "proposals": 1}
    for name, place in (rights | {"metric": 0}).items():
        app.radio(key=f"boxes-asked-{name}").set_value(place)
    sound(app.run())
    assert "**7 of 7** are right so far." in said(app)
    sound(app.radio(key="boxes-asked-metric").set_value(1).run())
    assert "**6 of 7**" in said(app)
    assert "has no slope" in app.warning[0].value

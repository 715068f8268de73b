"""The Masks screen: made scenes, shapes through networks, runs, and things told apart."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.pictures.scenes import CLASSES, draw_scene
from pages._ui.masks import networks
from tests.pages.screens import said, sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
VIEWS = ("A scene and its mask", "Through the network", "Train and compare", "Things told apart")
VIEWS += ("Questions",)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(view: int = 0, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["masks-view"] = VIEWS[view]
    for name, value in address.items():
        app.query_params[f"masks-{name}"] = value
    app.switch_page("pages/masks.py").run()
    return sound(app)


def test_the_mask_of_a_scene_is_counted_and_classes_are_toggled() -> None:
    app = opened()
    scene = draw_scene(1833)  # with one of each
    shown = table(app, "value in the mask")
    assert shown["pixels"].tolist() == np.bincount(scene.mask.ravel(), minlength=4).tolist()
    assert min(shown["pixels"]) > 0
    assert shown["kept"].tolist() == [0, 1, 0, 0]
    app.button_group(key="masks-classes").set_value(list(CLASSES[1:])).run()
    assert table(sound(app), "value in the mask")["kept"].tolist() == [0, 1, 1, 1]
    # A mask as a picture: 1, 2 and 3 of 255
    assert table(app, "as read")["as read"].tolist() == ["0.0000", "0.0039", "0.0078", "0.0118"]
    app.number_input(key="masks-scene").set_value(1850).run()
    pixels = table(sound(app), "value in the mask")["pixels"].tolist()
    assert pixels == np.bincount(draw_scene(1850).mask.ravel(), minlength=4).tolist()


def test_every_network_gives_scores_as_large_as_the_picture_whatever_its_size() -> None:
    app = opened(1, many="21", high="40", wide="25")
    for name in networks.NETWORKS:
        app.selectbox(key="masks-net").set_value(name).run()
        last = table(sound(app), "filters").iloc[-1]
        assert (last["filters"], last["height"], last["width"]) == (21, 40, 25)
    shapes = table(app, "filters").set_index("part")["filters"]
    assert shapes["joins.0.before"] == 2 * shapes["ups.0"]  # beside each other
    assert "there are no weights for that" in said(app)


def test_things_are_laid_on_from_the_number_of_classes_on() -> None:
    number = next(n for n in range(1800, 2000) if len(draw_scene(n).things) == 3)
    app = opened(3, scene=str(number))
    shown = table(app, "number")
    assert {4, 5, 6} <= set(shown["number"])
    (step,) = [one for one in app.slider if one.key.startswith("masks-step")]
    step.set_value(0).run()
    assert table(sound(app), "number")["number"].max() < 4
    app.slider(key="masks-sure").set_value(1.0).run()
    assert "0 things of 3 are sure enough" in said(sound(app))


def test_the_baseline_stands_there_before_anything_is_trained() -> None:
    app = opened(2)
    (row,) = table(app, "mean IoU").to_dict("records")
    assert row["network"] == "all background"
    assert row["mean IoU"] == pytest.approx(row["pixels right"] / 4)
    assert [one.value for one in app.info] == [
        "No network of yours is here yet: press Train, and come back after a minute."
    ]
    app.button(key="masks-form").click().run()
    assert not app.exception
    assert app.selectbox(key="train-model").value == "unet"
    assert app.selectbox(key="train-text").value == "shapes"


def test_the_questions_of_the_course() -> None:
    """Q28 and Q29: graded as they are answered."""
    app = opened(4)
    app.radio(key="masks-asked-classes").set_value(1)
    sound(app.radio(key="masks-asked-joined").set_value(0).run())
    assert "**2 of 2** are right so far." in said(app)
    sound(app.radio(key="masks-asked-joined").set_value(1).run())
    assert "**1 of 2**" in said(app)
    assert "The answer is 1" in app.warning[0].value

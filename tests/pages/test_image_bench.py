"""The Image bench: chains of steps, painted cells, pictures of one's own, what is missing."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from lm_core.pictures.chain import MOST
from lm_core.pictures.contract import begin, level, steps
from lm_core.pictures.filters import sobel
from lm_core.pictures.photographs import photograph
from lm_core.pictures.reading import shrunk
from pages._ui.bench import cells
from pages._ui.bench.numbers import NOTICED
from pages._ui.bench.placed import OFFERED
from pages._ui.shared.painting import read
from tests.pages.screens import said, sound
from tests.pictures.test_reading import png_that_says
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
skimage = pytest.importorskip("skimage")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in {"size": "160", **address}.items():
        app.query_params[f"bench-{name}"] = value
    app.switch_page("pages/image_bench.py").run()
    assert not app.exception
    return app


def kept(app: AppTest, name: str) -> str:
    """What the address holds."""
    value = app.query_params[name]
    return value if isinstance(value, str) else "".join(value)


def facts(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_the_first_thing_to_see_is_the_edges_of_coins() -> None:
    app = sound(opened())
    pixels = shrunk(photograph("coins"), 160) / 255
    assert facts(app) == {"Steepest, in levels": level(sobel(pixels).max())}
    row, column = (app.number_input(key=f"bench-{what}").value for what in ("row", "column"))
    assert f"= {level(sobel(pixels)[row, column])}" in said(app)
    assert "303 × 384 pixels" in said(app)


def test_steps_are_added_looked_at_changed_and_taken_out_and_the_address_knows() -> None:
    app = sound(opened())
    app.selectbox(key="bench-new").set_value("threshold").run()
    sound(app.button(key="bench-add").click().run())
    assert kept(app, "bench-chain") == "gray;sobel;threshold"
    (at,) = [one for one in app.number_input if one.label == "Threshold"]
    sound(at.set_value(20).run())
    assert kept(app, "bench-chain") == "gray;sobel;threshold,at=20"
    assert "Share of white" in facts(app)
    sound(app.button(key="bench-earlier").click().run())
    assert kept(app, "bench-chain") == "gray;threshold,at=20;sobel"
    assert kept(app, "bench-step") == "2"
    sound(app.button(key="bench-out").click().run())
    assert "bench-chain" not in app.query_params  # as it usually is
    again = sound(opened(chain="gray;threshold,at=20", step="1"))
    assert "Sum of the weights" in facts(again)


def test_a_chain_without_steps_is_the_picture() -> None:
    app = sound(opened(chain="-"))
    assert not app.metric
    assert "Around one pixel" in "".join(str(one.proto) for one in app.get("plotly_chart"))


def test_a_chain_holds_so_many_steps_and_no_more() -> None:
    app = sound(opened(chain=";".join(["flip-up"] * MOST)))
    assert app.button(key="bench-add").disabled


@pytest.mark.parametrize("name", OFFERED)
def test_every_example_is_sound(name: str) -> None:
    app = sound(opened())
    sound(app.selectbox(key="bench-example").set_value(name).run())
    picture, chain = OFFERED[name]
    if (picture, chain) != OFFERED["Edges of coins"]:
        assert kept(app, "bench-chain") == chain
    assert app.selectbox(key="bench-picture").value == picture
    assert app.selectbox(key="bench-example").value is None


def test_what_to_notice_is_said_of_steps_that_there_are() -> None:
    assert set(NOTICED) <= set(steps.names())


def test_coins_are_counted_and_a_face_is_hidden() -> None:
    app = sound(opened(picture="Coins", chain=OFFERED["Coins counted"][1], size="320"))
    assert facts(app) == dict.fromkeys(
        ["Contours", "Of them closed", "Of 40 points and more"], "24"
    )  # as many as there are
    app = sound(opened(picture="Astronaut", chain="faces;blur-faces", size="320"))
    assert facts(app) == {"Faces blurred": "1"}


def test_a_step_that_cannot_be_done_says_why_and_the_rest_is_shown() -> None:
    app = opened(picture="Astronaut", chain="flip-up;sobel")
    (error,) = app.error
    assert "put the step" in error.value
    assert "row 0 comes" not in said(app)
    assert "the column stays" in said(app)
    assert len(app.get("plotly_chart")) == 3
    app.button(key="bench-out").click().run()
    sound(app)


@pytest.mark.parametrize("chain", ["nothing", "canny,sigma=nan", "gray,", ";" * 900])
def test_an_address_that_is_no_chain(chain: str) -> None:
    app = opened(chain=chain)
    sound(app)
    assert len(app.warning) == (chain[0] != ";")


def test_the_kernel_says_what_it_needs_beside_its_field() -> None:
    app = sound(opened(chain="gray;kernel"))
    (weights,) = [one for one in app.text_input if one.label == "Weights"]
    weights.set_value("1 2 3").run()
    assert not app.exception
    assert "three rows of three numbers" in app.error[0].value
    (weights,) = [one for one in app.text_input if one.label == "Weights"]
    sound(weights.set_value("0 0 0 / 0 1 0 / 0 0 0").run())
    assert facts(app) == {"Pixels that were cut": "0"}


def test_all_five_denoisers_are_compared_when_asked_for() -> None:
    app = sound(opened(picture="Cat", chain="noise;bilateral"))
    sound(app.button(key="bench-compare").click().run())
    (table,) = [one.value for one in app.dataframe if "denoiser" in one.value]
    assert len(table) == 6
    assert table.iloc[-1, 0] == "Nothing done"
    assert not any(one.key == "bench-compare" for one in opened(chain="gray;wavelet").button)


def test_a_threshold_stands_in_the_histogram() -> None:
    app = sound(opened(chain="gray;threshold,at=99"))
    assert "the threshold is 99." in said(app)


def test_painted_cells_are_lost() -> None:
    app = sound(opened(picture="Coffee", chain="damage,kind=painted cells;inpaint", step="1"))
    assert facts(app)["Share that is lost"] == "4.2 %"


# A picture of one's own ---------------------------------------------------------------------------


def uploaded(data: bytes, name: str = "mine.png") -> AppTest:
    app = sound(opened())
    app.file_uploader(key="bench-own").set_value((name, data, "image/png")).run()
    assert not app.exception
    return app


def test_a_picture_of_ones_own_is_what_the_steps_work_on() -> None:
    file = io.BytesIO()
    pixels = np.full((90, 120), 80, dtype=np.uint8)
    pixels[:, 60:] = 200
    Image.fromarray(pixels).save(file, "PNG")
    app = sound(uploaded(file.getvalue(), "*mine*.png"))
    assert r"“\*mine\*.png”" in said(app)
    assert "90 × 120 pixels" in said(app)
    assert facts(app)["Steepest, in levels"] == level(sobel(begin(pixels).pixels).max())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Once upon a time", "This is no picture that can be read here"),
        (png_that_says(10_000, 10_000), "choose one of at most 20 million"),
        (png_that_says(64, 64), "damaged"),
    ],
)
def test_anything_else_is_a_sentence_and_nothing_is_lost(data: bytes, message: str) -> None:
    app = uploaded(data)
    assert message in app.error[0].value
    assert app.selectbox(key="bench-picture").value == "coins"


# Without scikit-image -----------------------------------------------------------------------------


def test_without_the_package_the_rest_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    app = sound(opened())
    assert "pip install -r requirements-beyond.txt" in app.info[0].value
    assert app.selectbox(key="bench-picture").options == ["Drawing"]
    assert "Steepest, in levels" in facts(app)
    app = opened(chain="gray;canny")
    assert "requirements-beyond" in app.error[0].value
    assert len(app.get("plotly_chart")) == 3


# Cells that are painted ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "picture", "ones", "line"),
    [
        ("Dilation", "0000000000/0000000000/0000100000", 9, "0, 0, 0, 0, 0, 0, 0, 1, 0"),
        ("Erosion", "/".join(["1111100000"] * 8), 32, "1, 1, 1, 1, 1, 1, 1, 1, 1"),
    ],
)
def test_dilation_and_erosion_by_hand(operation: str, picture: str, ones: int, line: str) -> None:
    row, column = ("2", "5") if operation == "Dilation" else ("4", "4")
    app = sound(
        opened(
            view="Erosion and dilation by hand",
            operation=operation,
            cells=picture,
            **{"cell-row": row, "cell-column": column},
        )
    )
    assert "Your guess" in said(app)
    sound(app.toggle(key="bench-revealed").set_value(True).run())
    assert f"now {ones} are" in said(app)
    assert f"under the element lie {line}." in said(app)
    (made,) = [one.value for one in app.dataframe if "10" in one.value]
    assert made.drop(columns="row").to_numpy().sum() == ones


def test_an_empty_element_is_a_sentence() -> None:
    app = opened(view="Erosion and dilation by hand", element="000/000/000")
    assert "paint at least one cell" in app.error[0].value
    app.button(key="bench-shape-Cross").click().run()
    sound(app)
    assert kept(app, "bench-element") == "010/111/010"


def test_what_a_browser_sends_becomes_cells() -> None:
    assert read("0110", 4, "marks") == "0110"
    assert read("01x0", 4, "marks") is None
    assert read("01", 4, "marks") is None
    assert read(None, 2, "marks") is None
    assert cells._read("11/1", 2, 3) == [[1, 1, 0], [1, 0, 0]]


# The question -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("answer", "verdict"), [("148", "is right"), ("255", "is another")])
def test_the_contrast_of_the_clock_is_asked_first(answer: str, verdict: str) -> None:
    app = sound(opened(view="A question on contrast"))
    assert "**148**" not in said(app)
    sound(app.radio(key="bench-answer").set_value(answer).run())
    assert verdict in said(app)
    assert "247 − 99 = **148**" in said(app)

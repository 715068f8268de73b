"""Making pictures larger: grids are those of the library, and what is typed may be a sentence."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.pictures.upsampling import bilinear, nearest, pooled, transposed, unpooled
from pages._ui.upsampling.grids import _read
from pages._ui.upsampling.larger import FIRST, POOLED
from tests.pages.screens import said, sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
GRID = np.array(FIRST[2])
ROW = "row of the grid"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"upsampling-{name}"] = value
    app.switch_page("pages/upsampling.py").run()
    assert not app.exception
    return app


def kept(app: AppTest, name: str) -> str:
    """What the address holds."""
    value = app.query_params[name]
    return value if isinstance(value, str) else "".join(value)


def result(app: AppTest) -> np.ndarray:
    """The numbers of the first chart, as its table has them."""
    table = next(one.value for one in app.dataframe if ROW in one.value)
    return table.drop(columns=ROW).to_numpy(dtype=float)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("Nearest", nearest(GRID, 4, 4)),
        ("Bilinear", bilinear(GRID, 4, 4, corners=True)),
        ("Max-unpooling", unpooled(GRID, pooled(np.array(POOLED))[1])),
        ("Transposed convolution", transposed(GRID, np.ones((2, 2)), stride=2, padding=0)),
    ],
)
def test_each_way(method: str, expected: object) -> None:
    app = sound(opened(method=method))
    tables = [one.value for one in app.dataframe if ROW in one.value]
    found = [one.drop(columns=ROW).to_numpy(dtype=float) for one in tables]
    assert any(np.allclose(one, expected.values) for one in found if one.shape == (4, 4))
    assert expected.said(1, 1) in said(app).replace("\\", "")


def test_one_number_becomes_that_number_16_times() -> None:
    app = sound(opened(method="Bilinear", side="1"))
    assert result(app).tolist() == [[7.0] * 4] * 4


def test_a_cell_that_is_typed_is_in_the_address_and_comes_back() -> None:
    app = sound(opened(grid="1,2;3,-8"))
    assert result(app)[3, 3] == -8
    assert kept(app, "upsampling-grid") == "1,2;3,-8"


def test_a_kernel_of_bilinear_weights() -> None:
    app = sound(opened(method="Transposed convolution", k="4", padding="1"))
    sound(app.button(key="upsampling-weights").click().run())
    assert kept(app, "upsampling-kernel").startswith("0.0625,0.1875")
    assert "The kernel, 4 × 4" in said(app)


def test_too_much_padding_is_a_sentence() -> None:
    app = opened(method="Transposed convolution", side="1", k="1", padding="1")
    assert "Nothing is left" in app.error[0].value


@pytest.mark.parametrize("text", [None, "", "x", "nan,inf;1e9", ";;;"])
def test_an_address_that_is_no_grid(text: str | None) -> None:
    assert _read(text, FIRST[2]) == FIRST[2]


def test_a_grid_is_read_in_part() -> None:
    assert _read("9;x,8", FIRST[2]) == [[9.0, 2.0], [3.0, 8.0]]


# The Fréchet distance -----------------------------------------------------------------------------


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


@pytest.mark.parametrize(
    ("offer", "means", "shapes"),
    [("The same", 0, 0), ("Shifted", 5, 0), ("All alike", 0, None), ("Turned", 0, None)],
)
def test_two_distributions(offer: str, means: float, shapes: float | None) -> None:
    app = sound(opened(view="Fréchet distance"))
    sound(app.button(key=f"upsampling-offer-{offer}").click().run())
    found = {name: float(value) for name, value in figures(app).items()}
    assert found["of the means"] == means
    assert found["Distance d²"] == pytest.approx(found["of the means"] + found["of the shapes"])
    assert found["of the shapes"] == shapes if shapes is not None else found["of the shapes"] > 0.5


def test_a_slider_is_in_the_address() -> None:
    app = sound(opened(view="Fréchet distance", **{"other-x": "-4.0", "other-y": "0.0"}))
    assert figures(app)["of the means"] == "16.0000"
    sound(app.slider(key="upsampling-other-x").set_value(0.0).run())
    assert figures(app)["Distance d²"] == "0.0000"

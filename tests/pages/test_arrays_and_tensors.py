"""Arrays and tensors: the course's numbers are read off the screen, and each widget moves."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "Two shapes", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["arrays-part"] = part
    for name, value in address.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/arrays_and_tensors.py").run()
    return sound(app)


def refused(app: AppTest) -> str:
    """The one sentence that says what to mend."""
    assert not app.exception
    (error,) = app.error
    return error.value


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.code, app.success, app.warning, app.info)
    return "\n".join(element.value for kind in kinds for element in kind)


# Two shapes ---------------------------------------------------------------------------------------


def test_the_shape_is_guessed_before_it_is_shown() -> None:
    app = opened()
    assert not app.success
    assert not app.get("plotly_chart")
    app.text_input(key="arrays-guess").set_value("10, 3, 5")
    sound(app.button(key="arrays-check").click().run())
    assert "Right" in app.success[0].value
    assert "(10, 3, 5)" in app.success[0].value
    assert app.get("plotly_chart")
    assert "batch of matrices times one matrix" in said(app)
    assert "So far 1 of 1 guesses were right." in said(app)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        ("3", "3", "()"),
        ("3, 4", "4", "(3)"),
        ("10, 3, 4", "4", "(10, 3)"),
        ("10, 3, 4", "10, 4, 5", "(10, 3, 5)"),
    ],
)
def test_the_cases_of_the_matrix_product(a: str, b: str, shape: str) -> None:
    app = opened(arrays_a=a, arrays_b=b)
    sound(app.button(key="arrays-skip").click().run())
    assert f"**{shape}**" in app.info[0].value


def test_an_error_is_guessed_and_pytorch_says_so_itself() -> None:
    app = opened(arrays_how="a + b", arrays_a="2, 2", arrays_b="2, 3")
    sound(app.button(key="arrays-error").click().run())
    assert "Right" in app.success[0].value
    assert (
        "The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 1"
        in said(app)
    )


def test_a_wrong_guess_is_told_and_an_exercise_taken() -> None:
    app = opened()
    app.text_input(key="arrays-guess").set_value("five")
    sound(app.button(key="arrays-check").click().run())
    assert "You said five." in app.warning[0].value
    app.session_state["arrays-exercise"] = 8
    app.session_state["arrays-a"] = "2, 2"
    sound(app.run())


def test_what_is_no_shape_is_refused_in_a_sentence() -> None:
    app = opened()
    assert "whole numbers" in refused(app.text_input(key="arrays-a").set_value("2, -1").run())
    assert "at most 6" in refused(app.text_input(key="arrays-a").set_value("1 " * 7).run())


# A tensor -----------------------------------------------------------------------------------------


def test_a_tensor_tells_its_shape_and_type() -> None:
    app = opened("One tensor")
    facts = table(app, "dtype").set_index("made by").loc["torch.tensor(xs)"]
    assert facts["shape"] == "(2, 3)"
    assert facts["dtype"] == "int64"
    assert facts["device"] == "cpu"
    assert table(app, "dtype")["dtype"].tolist() == ["int64", "float32", "int64"]
    text = said(app)
    assert "tensor([[3, 3],\n        [5, 5]])" in text  # a + b
    assert "tensor([[2, 2],\n        [6, 6]])" in text  # a * b
    sound(app.text_area(key="arrays-tensor-b").set_value("[[2, 2, 4], [3, 3, 4]]").run())
    assert "at non-singleton dimension 1" in said(app)
    sound(app.text_area(key="arrays-tensor-a").set_value("[[True, False], [1.5, 2]]").run())
    assert "equally long" in refused(app.text_area(key="arrays-xs").set_value("[[1], 2]").run())


# Linear layers ------------------------------------------------------------------------------------


def test_a_linear_layer_by_hand() -> None:
    app = opened("Linear layers")
    assert "y = **[-0.7252, 0.3228]**" in said(app)
    assert "(2, 3)" in refused(app.text_area(key="arrays-x").set_value("[1, 2]").run())


def test_parameters_are_counted_first() -> None:
    app = opened("Linear layers")
    app.number_input(key="arrays-count").set_value(80)
    sound(app.button(key="arrays-count-check").click().run())
    assert "it has 81 parameters" in app.warning[0].value
    for sizes, total in (("8, 4, 2", "46"), ("10, 18, 20, 5", "683"), ("9, 16, 8, 1", "305")):
        app.text_input(key="arrays-sizes").set_value(sizes).run()
        sound(app.button(key="arrays-count-skip").click().run())
        assert f"**{total}** parameters" in app.success[0].value


def test_frozen_parameters_do_not_learn() -> None:
    app = opened("Linear layers", arrays_sizes="64, 128, 256")
    app.number_input(key="arrays-count").set_value(41344)
    sound(app.button(key="arrays-count-check").click().run())
    sound(app.multiselect(key="arrays-frozen").set_value(["0.weight"]).run())
    assert "33,152 of 41,344 parameters learn" in said(app)


def test_a_stack_without_activation_is_one_layer() -> None:
    (off,) = re.findall(r"differ by at most (\S+): rounding", said(opened("Linear layers")))
    assert float(off) < 1e-12


def test_the_lines_of_a_network_in_their_order() -> None:
    app = opened("Linear layers")
    for pressed in ([1], [1, 6], [1, 5, 6], [1, 2, 5, 6], [1, 2, 4, 5, 6], [1, 2, 3, 4, 5, 6]):
        app.session_state["arrays-order"] = pressed
        sound(app.run())
    assert "1, 6, 5, 2, 4, 3" in app.success[-1].value


# Arrays -------------------------------------------------------------------------------------------


def test_bmi_mask_and_list_are_those_of_the_course() -> None:
    app = opened("Arrays")
    bmi = table(app, "bmi (kg/m²)")
    assert bmi["bmi (kg/m²)"].tolist() == pytest.approx(
        [21.8517, 20.975, 21.750, 24.747, 21.441], abs=6e-4
    )
    assert bmi["bmi > 23"].tolist() == ["False", "False", "False", "True", "False"]
    assert "**[24.747]**" in said(app)
    assert "xs + xs == [1, 2, 3, 1, 2, 3]" in said(app)
    assert "a + a == [2, 4, 6]" in said(app)
    assert "the shape (2, 5)" in said(app)
    assert "array(1.71)" in said(app)
    sound(app.text_input(key="arrays-index").set_value(":, [1, 2]").run())
    assert "second and the third person" in app.success[0].value


@pytest.mark.parametrize(
    "text", ["7, 0", "0, 0, 0", "import os", "a", "__import__('os')", "0]+x[0"]
)
def test_what_is_no_place_is_refused_in_a_sentence(text: str) -> None:
    app = opened("Arrays")
    assert refused(app.text_input(key="arrays-index").set_value(text).run())


def test_bad_numbers_are_refused() -> None:
    app = opened("Arrays")
    assert "as many" in refused(app.text_input(key="arrays-heights").set_value("1.7").run())
    assert "above zero" in refused(app.text_input(key="arrays-heights").set_value("0 " * 5).run())
    assert "Write numbers" in refused(app.text_input(key="arrays-heights").set_value("tall").run())


# Statistics ---------------------------------------------------------------------------------------


def test_the_city_and_the_histogram() -> None:
    app = opened("Statistics")
    heights = table(app, "median").iloc[0]
    assert heights["mean"] == pytest.approx(1.75, abs=0.02)  # drawn: near, not equal
    assert heights["median"] == pytest.approx(1.75, abs=0.02)
    assert heights["std"] == pytest.approx(0.2, abs=0.01)
    assert "Counts by bin: **4, 6, 2**" in said(app)
    sound(app.slider(key="arrays-bins").set_value(10).run())
    assert "10 bins" in "".join(chart.proto.spec for chart in app.get("plotly_chart"))


# Plots --------------------------------------------------------------------------------------------


def test_a_plot_is_made_better_switch_by_switch() -> None:
    app = opened("Plots")
    assert "what the axes count" in said(app)
    for name in ("labels", "title", "ticks", "named"):
        app.toggle(key=f"arrays-plot-{name}").set_value(True)
    sound(app.run())
    assert "Now it can stand alone." in said(app)


def test_which_plot_for_which_question() -> None:
    app = opened("Plots")
    app.radio(key="arrays-which-0").set_value("Histogram")
    app.radio(key="arrays-which-1").set_value("Scatter plot")
    sound(app.radio(key="arrays-which-2").set_value("Histogram").run())
    assert len(app.success) == 2
    assert "Line plot" in app.warning[0].value


# Chance -------------------------------------------------------------------------------------------


def test_the_seeded_numbers_are_those_of_the_course() -> None:
    text = said(opened("Chance"))
    assert "np.random.rand()  # 0.6964691855978616" in text
    assert "np.random.rand()  # 0.28613933495037946" in text
    assert re.findall(r"randint\(0, 2\)  # (\d)", text) == ["0", "1", "0"]
    assert "0 is heads and 1 is tails: **0, 1, 0, " in text


def test_the_walk_is_guessed_and_comes_near_what_is_computed() -> None:
    app = opened("Chance")
    assert not app.metric
    app.slider(key="arrays-walk-guess").set_value(60)
    sound(app.button(key="arrays-walk").click().run())
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Exactly, at the end"] == "78 %"
    assert "You guessed 60 %." in said(app)
    sound(app.select_slider(key="arrays-walks").set_value(5000).run())
    figures = {metric.label: metric.value for metric in app.metric}
    assert abs(float(figures["End there or higher"].split()[0]) - 77.7) < 2.5

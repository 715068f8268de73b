"""The Autograd screen: walked step by step, its numbers changed, orders judged."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.foundations.expression import OFFERED
from pages._ui.foundations.methods import METHODS
from tests.pages.screens import said, sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "Walk backwards", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["autograd-part"] = part
    for name, value in address.items():
        app.query_params[f"autograd-{name}"] = value
    app.switch_page("pages/autograd.py").run()
    assert not app.exception
    return app


def checked(app: AppTest) -> pd.DataFrame:
    (table,) = [f.value for f in app.dataframe if "by nudging" in f.value]
    return table.set_index("number")


def test_the_graph_of_week_2_is_walked_and_checked() -> None:
    app = sound(opened())
    assert "**Step 1 of 7**" in said(app)
    assert "**L** has the gradient 1. A product hands each factor" in said(app)
    assert "- **d**: 1 × (-2) = **-2**\n- **f**: 1 × 4 = **4**" in said(app)
    grads = checked(app)
    expected = {"L": 1, "d": -2, "f": 4, "e": -2, "c": -2, "a": 6, "b": -4}
    assert grads["its gradient"].to_dict() == expected
    assert grads["by nudging"].to_dict() == pytest.approx(expected, rel=1e-6)
    assert "**L** is -8." in said(app)
    assert "**-7.286496**" in said(app)
    steps = []
    for _ in range(6):
        sound(app.button(key="autograd-next").click().run())
        steps.append(next(m.value for m in app.markdown if "has the gradient" in m.value))
    assert [step.split("**")[1] for step in steps] == ["f", "d", "c", "e", "b", "a"]
    assert "It was given" in steps[-1]
    assert app.button(key="autograd-next").disabled
    assert app.query_params["autograd-step"] == "7"
    sound(app.button(key="autograd-anew").click().run())
    assert "It begins at the result" in said(app)
    assert app.button(key="autograd-back").disabled


def test_a_leaf_that_is_changed_changes_all_gradients() -> None:
    """L = 20 in the next edition of the course."""
    app = sound(opened().number_input(key="autograd-leaf-f").set_value(5.0).run())
    grads = checked(app)
    assert grads["value"]["L"] == 20
    assert grads["its gradient"].to_dict() == {
        **{"a": -15, "b": 10, "c": 5, "e": 5},
        **{"d": 5, "f": 4, "L": 1},
    }
    assert app.query_params["autograd-values"] == "a=2.0,b=-3.0,c=10.0,f=5.0"
    again = sound(opened(values="a=2.0,b=-3.0,c=10.0,f=5.0"))
    assert checked(again)["value"]["L"] == 20


def test_what_is_used_twice_adds_up() -> None:
    app = sound(opened().button(key="autograd-offer-Used twice").click().run())
    assert "- **x**: 1 × 1 = **1**\n- **x**: 1 × 1 = **1**" in said(app)
    assert "with the 1 that was there **2**" in said(app)
    assert "a rule that only sets the gradient would keep the last" in said(app)
    assert checked(app)["its gradient"]["x"] == 2


@pytest.mark.parametrize("name", OFFERED)
def test_what_is_offered_agrees_with_nudging(name: str) -> None:
    app = sound(opened().button(key=f"autograd-offer-{name}").click().run())
    sound(app.button(key="autograd-all").click().run())
    table = checked(app)
    assert table["difference"].max() < 1e-5
    assert f"all {len(table)} agree" in said(app)


def test_a_neuron_has_its_well_known_gradients() -> None:
    app = sound(opened().button(key="autograd-offer-Neuron").click().run())
    grads = checked(app)["its gradient"]
    assert [round(grads[one], 4) for one in ("x1", "w1", "x2", "w2")] == [-1.5, 1.0, 0.5, 0.0]
    assert round(checked(app)["value"]["o"], 4) == 0.7071


def test_a_guess_before_the_step_is_judged_after_it() -> None:
    app = sound(opened(step="2"))  # d comes next
    guess = next(n for n in app.number_input if n.label.startswith("Your guess"))
    assert guess.label == "Your guess: the gradient of e after the next step"
    guess.set_value(-2.0).run()
    sound(app.button(key="autograd-next").click().run())
    assert [one.value for one in app.success] == ["You said -2 for e: right."]
    app = opened(step="2")
    app.number_input(key="autograd-guess-3").set_value(7.0).run()
    sound(app.button(key="autograd-next").click().run())
    assert [one.value for one in app.warning] == ["You said 7 for e: it is -2 after this step."]


def test_at_a_corner_it_says_so() -> None:
    app = sound(opened(text="relu(x)", values="x=0.0"))
    assert "there is a corner" in "".join(one.value for one in app.info)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a +", "a bracket too few"),
        ("open('x')", "cannot be read"),
        ("log(a - a)", "give other numbers"),
        ("1/(a - a)", "divided by 0"),
        ("", "Type an expression"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(text: str, why: str) -> None:
    app = opened().text_input(key="autograd-text").set_value(text).run()
    assert not app.exception
    (error,) = app.error
    assert why in error.value
    sound(app.text_input(key="autograd-text").set_value("a*b").run())
    assert checked(app)["its gradient"].to_dict() == {"a": -3, "b": 2, "result": 1}


@pytest.mark.parametrize("values", ["a=", "a=1e999,b=2", "a=99999", ";;", "a=2,b=-3,c=1,f=0,z=1"])
def test_whatever_the_address_says_of_the_leaves_it_is_shown(values: str) -> None:
    sound(opened(values=values))


def test_a_step_beyond_the_end_is_the_last() -> None:
    assert "**Step 3 of 3**" in said(sound(opened(text="a*b", step="40")))


@pytest.mark.parametrize("part", ["Walk backwards", "Orders"])
def test_names_are_names_and_no_markdown(part: str) -> None:
    app = sound(opened(part, text="u_v_ = x_a_ * y_b_; L = u_v_ + x_a_", step="2"))
    labels = [one.label for one in [*app.number_input, *app.checkbox, *app.button_group]]
    options = [label for group in app.button_group for label in group.options]
    shown = "\n".join([said(app), *labels, *options])
    assert r"x_a\_" in shown
    assert "x_a_" not in shown
    app.text_input(key="autograd-text").set_value("a b *c* _d_").run()
    assert not app.exception
    assert r"\_" in app.error[0].value


# Orders -------------------------------------------------------------------------------------------


def test_orders_are_judged_with_their_reason() -> None:
    app = sound(opened("Orders"))
    assert "This graph has 48 of them." in said(app)
    assert "found the order a, b, e, c, d, f, L" in said(app)
    right = {"c, f, a, b, e, d, L", "f, a, c, b, e, d, L"}
    for box in app.checkbox:
        box.set_value(box.label in right)
    sound(app.button(key="autograd-check-orders").click().run())
    assert [one.value for one in app.success] == ["4 of 4 sequences judged rightly."]
    assert "- a, c, f, b, e, L, d: none. L comes before d, of which it is made." in said(app)
    sound(app.number_input(key="autograd-seed").set_value(1).run())
    assert not app.success
    sound(app.button(key="autograd-check-orders").click().run())
    assert app.warning


def test_a_graph_of_one_number_has_one_order() -> None:
    app = sound(opened("Orders", text="x"))
    assert "only this one" in said(app)
    assert len(app.checkbox) == 1


def test_steps_against_the_gradient_make_a_loss_fall() -> None:
    app = sound(opened().button(key="autograd-offer-Loss").click().run())
    app.number_input(key="autograd-rate").set_value(0.1)
    pills = next(p for p in app.button_group if p.label == "Leaves that learn")
    sound(pills.set_value(["w"]).run())
    losses = []
    for _ in range(12):
        losses.append(checked(app)["value"]["L"])
        sound(app.button(key="autograd-learn").click().run())
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1
    table = checked(app)["value"]
    assert (table["x"], table["y"]) == (1, 2)
    assert abs(table["w"] - 2) < 0.2


# The class ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", METHODS)
def test_each_sign_calls_its_method(sign: str) -> None:
    app = sound(opened("The class", sign=sign))
    assert METHODS[sign].called in app.code[0].value
    assert "It gives **" in said(app)


def test_a_product_of_the_course() -> None:
    app = sound(opened("The class", sign="×", a="2", b="-3"))
    assert "It gives **-6**. A product hands each factor" in said(app)
    assert "- **a**: -3" in said(app)
    assert "Value(value=2, grad=0)" in said(opened("The class", sign="repr"))
    app = opened("The class", sign="÷", b="0")
    assert "give b another number" in app.error[0].value

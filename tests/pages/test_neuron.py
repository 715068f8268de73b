"""The screen of one neuron: times two, gates, XOR."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.foundations.multiplier import random_weight
from pages._ui.foundations.one_gate import KINDS
from tests.pages.screens import table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "Times two", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["neuron-part"] = part
    for name, value in address.items():
        app.query_params[f"neuron-{name.replace('_', '-')}"] = value
    return sound(app.switch_page("pages/neuron.py").run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))
    return app


def said(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.latex, *app.caption])


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


# Times two ----------------------------------------------------------------------------------------


def test_the_numbers_of_week_1_are_on_the_screen() -> None:
    app = opened()
    assert figures(app) == {"Steps": "0", "w": "3.7454", "Loss": "27.9256"}
    assert r"{dw} = 31.9990" in said(app)
    losses = table(app, "over the wiggle")["loss"].round(5).tolist()
    assert losses == [27.86160, 27.89358, 27.92557, 27.95757, 27.98960]
    assert "Below a rate of 0.1091 it arrives, above it leaves" in said(app)


def test_a_step_is_taken_as_it_says() -> None:
    app = opened()
    assert r"w \leftarrow 3.7454 - 0.05 \cdot 31.9990 \\ = 2.1455" in said(app)
    sound(app.button(key="neuron-once").click().run())
    assert (figures(app)["Steps"], figures(app)["w"]) == ("1", "2.1455")
    sound(app.button(key="neuron-anew").click().run())
    assert figures(app)["Steps"] == "0"


def stepped(app: AppTest, times: int) -> AppTest:
    for _ in range(times):
        if not app.button(key="neuron-once").disabled:
            app.button(key="neuron-once").click().run()
            assert not app.exception
    return app


def test_the_good_rate_arrives() -> None:
    app = stepped(opened(), 12)
    assert [one.value for one in app.success] == ["Arrived after 7 steps: w = 2.000000."]
    assert app.button(key="neuron-play").disabled


def test_without_a_rate_the_examples_of_the_course_drive_it_away() -> None:
    app = opened().button(key="neuron-r-No rate").click().run()
    assert "= **-17.33**" in said(sound(app))
    assert "further each time: it leaves" in said(app)
    app = stepped(app, 6)
    assert "It has left" in app.error[0].value


def test_without_a_rate_one_example_goes_to_and_fro() -> None:
    app = opened(examples="x = 1", lr="1", w="5")
    assert "It goes to and fro for good" in said(app)
    seen = []
    for _ in range(4):
        seen.append(figures(app)["w"])
        app.button(key="neuron-once").click().run()
    assert seen == ["5.0000", "-1.0000", "5.0000", "-1.0000"]
    two = opened(examples="x = 0, 1", lr="1", w="5")
    assert "It arrives with one step" in said(two)


def test_a_nudge_ends_half_of_it_too_low() -> None:
    app = opened(found="by a nudge of 1", lr="0.05")
    assert "half a nudge below 2, at 1.5" in said(app)
    app = stepped(app, 12)
    assert "w = 1.500000 (with a nudge of 1 the end is 2 − 1 / 2)." in app.success[0].value


def test_it_plays_and_stops() -> None:
    app = sound(opened().button(key="neuron-play").click().run())
    assert figures(app)["Steps"] == "1"
    sound(app.run())
    assert int(figures(app)["Steps"]) >= 2
    sound(app.button(key="neuron-stop").click().run())
    assert app.button(key="neuron-play").label == "Go on"


def test_a_rate_of_0_stays() -> None:
    assert "It stays where it is." in said(opened(lr="0"))


def test_another_guess_is_drawn_from_0_to_10() -> None:
    app, seen = opened(), set()
    for _ in range(4):
        seen.add(app.number_input(key="neuron-w").value)
        sound(app.button(key="neuron-guess").click().run())
    assert len(seen) == 4
    assert random_weight(42) in seen
    assert random_weight(43) in seen
    assert all(0 <= w < 10 for w in seen)


# Gates --------------------------------------------------------------------------------------------


def learned(app: AppTest, times: int, key: str) -> AppTest:
    for _ in range(times):
        app.button(key=f"{key}-hundred").click().run()
    return sound(app)


@pytest.mark.parametrize("gate", ["AND", "OR"])
def test_with_a_bias_the_neuron_becomes_the_gate(gate: str) -> None:
    app = learned(opened("AND and OR", gate=gate), 5, "neuron-gate-learning")
    assert table(app, "so it is")["so it is"].tolist() == [gate]
    assert "4 of 4 rows on their side of one half" in said(app)
    assert "This neuron has 3 parameters." in said(app)


def test_without_a_bias_it_says_one_half_at_0_0() -> None:
    kind = list(KINDS)[1]
    app = learned(opened("AND and OR", kind=kind), 3, "neuron-gate-learning")
    assert table(app, "so it is")["at 00"].tolist() == [0.5]
    assert "σ(0) = 0.5" in said(app)
    plain = learned(opened("AND and OR", kind=next(iter(KINDS))), 3, "neuron-gate-learning")
    assert table(plain, "so it is")["at 11"].round(2).tolist() == [0.67]


def test_three_neurons_become_xor_and_show_their_gates() -> None:
    app = opened("XOR")
    assert r"\to 9" in said(app)
    app = learned(app, 8, "neuron-xor-learning")
    assert table(app, "so it is")["so it is"].tolist() == ["OR", "NAND", "XOR"]
    assert "9 parameters, a loss of 0.00" in said(app)


def test_one_neuron_stays_at_one_half() -> None:
    app = learned(opened("XOR", net="one neuron"), 8, "neuron-xor-learning")
    assert "it cannot part these corners" in said(app)
    assert "here it is 0.25" in said(app)
    assert table(app, "so it is")["so it is"].tolist() == ["not decided"]
    assert "0 of 4 rows on their side of one half" in said(app)


def test_put_in_by_hand_it_is_xor_until_a_number_is_changed() -> None:
    app = opened("XOR", net="three, put in by hand")
    assert "this is XOR" in app.success[0].value
    assert table(app, "so it is")["so it is"].tolist() == ["OR", "NAND", "XOR"]
    for value, said_so in ((30.0, "this is not XOR"), (None, "is empty")):
        app.session_state["neuron-hand"] = {
            "edited_rows": {2: {"bias": value}},
            "added_rows": [],
            "deleted_rows": [],
        }
        app.run()
        assert not app.exception
        assert said_so in "".join(one.value for one in [*app.warning, *app.error])


def test_seeds_are_counted() -> None:
    app = sound(opened("XOR").button(key="neuron-starts").click().run())
    assert "of 20** are XOR after 1,000 steps" in said(app)

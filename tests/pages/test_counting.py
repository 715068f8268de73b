"""The Counting screen: the course's figures are read off it, and each widget moves."""

import json
import math
import re
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.corpora.own import own_corpus, save_own
from lm_core.models.ngram import Ngram, NgramSettings
from pages._ui.counting import reading
from pages._ui.counting.path import arithmetic
from pages._ui.counting.reading import Weighing
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
THROWS, RUNS, LEARNED = "Coins and dice", "Longer runs", "Learned instead"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "A table of pairs", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["counting-part"] = part
    for name, value in address.items():
        app.query_params[name.replace("_", "-")] = value
    app.switch_page("pages/counting.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.latex, *app.caption])


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


# A table of pairs ---------------------------------------------------------------------------------


def test_the_counted_losses_are_those_of_the_course() -> None:
    """2.4540 and 2.4546 nats on the names that were counted, ln 27 for who knows nothing. (Its list
    has the doubles too, so that + 5 weighs less there: 2.4577.)"""
    app = sound(opened())
    assert figures(app) == {
        "On names it counted": "2.4540 nats",
        "On names kept from it": "∞ nats",
    }
    assert "ln 27 = 3.2958" in said(app)
    sound(app.select_slider(key="counting-k").set_value(1.0).run())
    assert figures(app)["On names it counted"] == "2.4546 nats"
    assert figures(app)["On names kept from it"] == "2.4456 nats"
    sound(app.select_slider(key="counting-k").set_value(5.0).run())
    assert figures(app)["On names it counted"] == "2.4582 nats"


def test_a_name_is_walked_drawn_chosen_and_taken_back() -> None:
    app = sound(opened())
    sound(app.button(key="counting-draw").click().run())
    first = app.query_params["counting-walk"]
    assert first
    sound(app.button(key="counting-all").click().run())
    whole = app.query_params["counting-walk"]
    assert whole.startswith(first)
    assert whole.endswith(".")
    assert app.button(key="counting-draw").disabled
    steps = table(app, "how")
    assert len(steps) == len(whole)
    assert steps["how"].str.startswith("drawn").all()
    sound(app.button(key="counting-anew").click().run())
    assert "counting-walk" not in app.query_params
    sound(app.button(key="counting-all").click().run())
    assert app.query_params["counting-walk"] == whole  # the seed is the same
    sound(app.button(key="counting-back").click().run())
    assert app.query_params["counting-walk"] == whole[:-1]


def test_a_walk_from_the_address_costs_what_its_pairs_cost() -> None:
    app = sound(opened(counting_walk="emma."))
    steps = table(app, "how")
    assert steps["pair"].tolist() == ["⏎ → e", "e → m", "m → m", "m → a", "a → ⏎"]
    assert set(steps["how"]) == {"chosen"}
    nats = -sum(math.log(c / n) for c, n in zip(steps["count"], steps["of"], strict=True))
    assert f"**{nats:.2f} nats**" in said(app)
    assert app.button(key="counting-draw").disabled


def test_a_letter_is_chosen_by_a_pill() -> None:
    app = sound(opened(counting_walk="q"))
    (pills,) = [one for one in app.get("button_group") if "choose what" in one.proto.label]
    assert pills.proto.options[0].content.startswith("u ")
    assert len(pills.proto.options) < 27  # what never came after it cannot be chosen


def test_what_never_came_is_told() -> None:
    """As "jqaguar" on the list of 003: an infinite loss under the counts alone, a finite one after
    +1. (These names do hold a q after a j; an x after an l they do not.)"""
    app = sound(opened(counting_walk="alxander."))
    assert "**∞ nats**" in said(app)
    sound(app.select_slider(key="counting-k").set_value(1.0).run())
    assert "**∞ nats**" not in said(app)
    names = "jaguar quagga jackal quail jay iguana mouse rat cat dog cow pig hen fox wolf bear owl "
    names = [*names.split(), "quokka", "jabiru", "squid", "eel"]
    sha = save_own(own_corpus("\n".join(names), title="animals", items=True))
    app = sound(opened(text=f"own-{sha}", counting_walk="jqaguar."))
    assert "**∞ nats**" in said(app)
    sound(app.select_slider(key="counting-k").set_value(1.0).run())
    assert "**∞ nats**" not in said(app)


def test_a_list_of_many_signs_is_refused_in_a_sentence() -> None:
    names = [chr(0x4E00 + i) for i in range(200)]
    sha = save_own(own_corpus("\n".join(names), title="signs", items=True))
    app = opened(text=f"own-{sha}")
    assert "different characters" in app.error[0].value


# Coins and dice -----------------------------------------------------------------------------------


def test_the_throws_of_the_course() -> None:
    app = sound(opened(THROWS, counting_thrown="Sides by chance"))
    sides = table(app, "came")
    assert sides["probability"].tolist() == [0.4047, 0.4197, 0.1756]
    assert sides["share"].tolist() == pytest.approx([0.404, 0.425, 0.171])
    sound(app.number_input(key="counting-seed").set_value(7).run())
    assert table(app, "came")["came"].tolist() != sides["came"].tolist()


@pytest.mark.parametrize("kind", ["A coin", "A die", "The letter after …"])
def test_every_die_can_be_thrown(kind: str) -> None:
    app = sound(opened(THROWS, counting_thrown=kind))
    sound(app.select_slider(key="counting-throws").set_value(100).run())
    assert table(app, "came")["came"].sum() == 100


# Longer runs --------------------------------------------------------------------------------------


def test_order_and_smoothing_give_the_loss_of_the_model_at_once() -> None:
    app = sound(opened(RUNS))
    corpus = load_corpus("names")
    found = reading.read(corpus, "char", 0)
    held = found.held.ids[None]
    for order, smoothing, k in ((3, "kneser-ney", 1.0), (5, "add-k", 0.01), (5, "ml", 1.0)):
        app.slider(key="counting-order-char").set_value(order)
        sound(app.selectbox(key="counting-smoothing").set_value(smoothing).run())
        if smoothing == "add-k":
            sound(app.select_slider(key="counting-runs-k").set_value(k).run())
        model = Ngram(NgramSettings(order=order, smoothing=smoothing, k=k), 27)
        train = reading._encoded(found.how, corpus, found.tokenizer)
        model.fit(train.ids, train.starts)
        nats = float(model.nats(held[:, :-1], held[:, 1:])[0].double().mean())
        shown = figures(app)
        assert shown["Nats per character"] == (f"{nats:.2f}" if math.isfinite(nats) else "∞")
        assert shown["Runs stored"] == f"{model.n_parameters:,}"
        assert (shown["Found impossible"] != "0 %") == (smoothing == "ml")


def test_one_guess_is_put_together_order_by_order() -> None:
    app = sound(opened(RUNS, counting_look="One guess, order by order"))
    rows = table(app, "probability so far")
    assert rows["context"].tolist() == [
        *("after emm", "after mm", "after m"),
        *("no context", "every token alike"),
    ]
    pattern = r"\((\d+) − ([\d.]+)\) / (\d+) \+ ([\d.]+) × ([\d.]+) = \*\*([\d.]+)\*\*"
    sums = [tuple(map(float, one)) for one in re.findall(pattern, said(app))]
    assert len(sums) == 4
    for count, discount, seen, handed, shorter, p in sums:
        assert (count - discount) / seen + handed * shorter == pytest.approx(p, abs=1e-4)
    assert rows["probability so far"].iloc[0] == pytest.approx(sums[-1][-1], abs=1e-6)
    sound(app.text_input(key="counting-context-items").set_value("zzz").run())
    bad = app.text_input(key="counting-context-items").set_value("é").run()
    assert not bad.exception
    assert len(bad.error) == 1


@pytest.mark.parametrize("smoothing", ["kneser-ney", "witten-bell", "backoff", "add-k", "ml"])
def test_each_line_of_the_arithmetic_is_true(smoothing: str) -> None:
    model = Ngram(NgramSettings(order=3, smoothing=smoothing, k=0.5), 3)
    ids = torch.tensor([0, 1, 2, 1, 0, 1, 1, 2, 0, 1, 0, 2, 2, 1])
    model.fit(ids, torch.zeros(1, dtype=torch.int64))
    lines = arithmetic(model.explain([0, 1], 2), Weighing(smoothing, k=0.5), 3)
    assert lines[0] == "every token alike: 1 / 3 = **0.333333**"
    for line in lines[1:]:
        sign, p = re.fullmatch(r"order \d: (.*) = \*\*([\d.]+)\*\*.*", line).groups()
        for ours, python in (("−", "-"), ("×", "*"), (" different ones", "")):
            sign = sign.replace(ours, python)
        assert re.fullmatch(r"[\d.()+*/ -]+", sign)
        assert eval(sign) == pytest.approx(float(p), abs=1e-3)


def test_forgetting_makes_the_store_smaller() -> None:
    app = sound(opened(RUNS, counting_look="Forgetting"))
    rows = table(app, "up to")
    assert rows["runs"].is_monotonic_decreasing
    assert rows["nats"].iloc[0] < rows["nats"].iloc[-1]
    sound(app.select_slider(key="counting-prune").set_value(10).run())
    sound(app.slider(key="counting-order-char").set_value(2).run())
    assert "three or more" in app.info[0].value


def test_a_running_text_is_counted_in_words_too() -> None:
    text = "the cat sat on the mat. the dog sat on the cat. " * 60
    sha = save_own(own_corpus(text, title="cats", items=False))
    app = sound(opened(RUNS, text=f"own-{sha}"))
    (unit,) = [one for one in app.get("button_group") if one.proto.label == "Count"]
    assert unit
    app.session_state["counting-unit"] = "word"
    sound(app.run())
    assert "Nats per word" in figures(app)


# Learned instead ----------------------------------------------------------------------------------


def test_the_loss_falls_to_the_counted_line() -> None:
    app = sound(opened(LEARNED))
    assert "counted 2.4540; every letter alike 3.2958" in said(app)
    sound(app.button(key="counting-once").click().run())
    assert "Step 1: " in said(app)
    sound(app.button(key="counting-go").click().run())
    for _ in range(3):
        sound(app.run())
    step, nats = re.search(r"Step (\d+): ([\d.]+) nats", said(app)).groups()
    assert int(step) > 20
    assert 2.4540 < float(nats) < 3.0
    sound(app.button(key="counting-stop").click().run())
    sound(app.button(key="counting-learn-anew").click().run())
    assert "Step 0: 3.29" in said(app)


def test_the_axis_reaches_the_counted_line_at_once_and_stands_still_while_the_loss_falls() -> None:
    def reach() -> list[float]:
        (spec,) = [
            json.loads(chart.proto.spec)
            for chart in app.get("plotly_chart")
            if "Downhill" in chart.proto.spec
        ]
        return spec["layout"]["yaxis"]["range"]

    app = sound(opened(LEARNED))
    low, high = first = reach()
    assert low < 2.4540 < 3.2958 < high
    sound(app.button(key="counting-go").click().run())
    sound(app.run())
    assert reach() == first


def test_the_price_of_weights_is_kin_to_adding_k() -> None:
    app = sound(opened(LEARNED))
    rows = table(app, "nearest k")
    k = rows["nearest k"].astype(float)
    assert k.iloc[0] == 0
    assert k.is_monotonic_increasing
    assert k.iloc[-1] >= 300
    assert rows["learned from"].iloc[0] == pytest.approx(2.4540, abs=5e-5)
    sound(app.select_slider(key="counting-l2").set_value(0.1).run())
    assert "At L2 = 0.1" in said(app)

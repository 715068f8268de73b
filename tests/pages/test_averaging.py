"""From averaging to attention: walked step by step, changed by hand, and in a model that ships."""

import json
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import load_checkpoint
from lm_core.inspection import read_heads, take_values, text_ids, views_of_text
from lm_core.inspection.one_head import head_steps, some_weights, some_words, three_means
from pages._ui.averaging import numbers
from pages._ui.shared import models
from tests.pages.screens import sound
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
STEPS = ("1 Mean", "2 Ask", "3 Scale", "4 Mask, places", "5 Take, add", "6 In a model")
WORDS = numbers.FIRST.split()
X, HEAD = some_words(WORDS, 3, 0), some_weights(3, 3, 0)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(step: int = 1, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["averaging-step"] = STEPS[step - 1]
    for name, value in address.items():
        app.query_params[f"averaging-{name}"] = value
    return sound(app.switch_page("pages/from_averaging_to_attention.py").run())


def drawn(app: AppTest, title: str) -> np.ndarray:
    """The numbers of the picture of that title."""
    figures = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    z = next(f["data"][0]["z"] for f in figures if f["layout"]["title"]["text"] == title)
    sides = [int(side) for side in z["shape"].split(",")]
    return np.frombuffer(b64decode(z["bdata"]), z["dtype"]).reshape(sides)


def change(app: AppTest, name: str, row: int, column: int, value: float | None) -> AppTest:
    """A cell as a person changes it."""
    editor = next(e for e in app.data_editor if e.key.startswith(f"averaging-{name}-"))
    app.session_state[editor.key] = {
        "edited_rows": {row: {str(column + 1): value}},
        "added_rows": [],
        "deleted_rows": [],
    }
    return app.run()


def noticed(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown if "What to notice" in m.value)


def test_every_step_is_walked_to_and_fro() -> None:
    app = opened()
    titles = []
    for step in range(1, 7):
        titles.append(app.header[0].value)
        if step > 1:  # an address without one is that of the first
            assert app.query_params["averaging-step"] == STEPS[step - 1]
        assert noticed(app)
        assert app.latex
        assert all(chart.proto.alt for chart in app.get("plotly_chart"))
        if step < 6:
            sound(app.button(key="averaging-next").click().run())
    assert len(set(titles)) == 6
    sound(app.button(key="averaging-back").click().run())
    assert app.header[0].value == titles[-2]


def test_three_means_are_shown_to_be_the_same() -> None:
    app, means = opened(), three_means(X)
    for way in ("loop", "matrix", "softmax"):
        np.testing.assert_allclose(drawn(app, f"By a {way}"), getattr(means, way), atol=1e-6)
    np.testing.assert_allclose(drawn(app, "A: who takes how much of whom"), means.weights)
    assert f"is {means.difference:.1e}: they are the same" in noticed(app)


def test_a_changed_number_is_followed_to_the_last_step() -> None:
    app = sound(change(opened(2), "x", 4, 1, 2.5))
    x = X.clone()
    x[4, 1] = 2.5
    made = head_steps(x, HEAD)
    for title in ("Queries q", "Keys k", "Values v"):
        np.testing.assert_allclose(drawn(app, title), getattr(made, title[-1]))
    np.testing.assert_allclose(drawn(app, "Scores q · k"), made.scores)
    sound(change(app, "W_v", 0, 0, -3.0))
    value = HEAD.v.clone()
    value[0, 0] = -3.0
    made = head_steps(x, type(HEAD)(HEAD.q, HEAD.k, value, HEAD.out))
    for _ in range(2):
        sound(app.button(key="averaging-next").click().run())
    np.testing.assert_allclose(drawn(app, "Weights"), made.weights)
    sound(app.button(key="averaging-next").click().run())
    stream = torch.stack([made.x[4], made.added[4], made.after[4]])
    np.testing.assert_allclose(drawn(app, "The stream of this word"), stream)
    np.testing.assert_allclose(drawn(app, "Weight × value, and the sum")[-1], made.output[4])
    assert app.text_input(key=numbers.WORDS).value == numbers.FIRST
    sound(app.button(key="averaging-reset").click().run())
    made = head_steps(X, HEAD)
    np.testing.assert_allclose(drawn(app, "The stream of this word")[1], made.added[4])


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "is empty or no number"), (1e9, "is too large")],
)
def test_a_number_that_cannot_be_used_is_one_sentence(value: float | None, said: str) -> None:
    app = change(opened(2), "W_q", 1, 2, value)
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith("W_q, row 2, column 3")
    assert said in error.value
    assert not app.get("plotly_chart")
    sound(change(app, "W_q", 1, 2, 1.0))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("one", "give 2 to 6"),
        ("a b c d e f g", "These are 7"),
        ("incomprehensible word", "letters"),
    ],
)
def test_words_that_do_not_fit_are_one_sentence(words: str, said: str) -> None:
    app = opened(1).text_input(key=numbers.WORDS).set_value(words).run()
    assert not app.exception
    (error,) = app.error
    assert said in error.value
    sound(app.text_input(key=numbers.WORDS).set_value("*a* <b> $c$ :d:").run())


def test_the_choice_is_in_the_address_and_outlives_a_step_without_it() -> None:
    app = opened(2, words="a b a c", width="2", seed="7")
    made = head_steps(some_words(["a", "b", "a", "c"], 2, 7), some_weights(2, 2, 7))
    np.testing.assert_allclose(drawn(app, "Scores q · k"), made.scores)
    for _ in range(3):
        sound(app.button(key="averaging-next").click().run())
    assert app.text_input(key=numbers.WORDS).value == "a b a c"
    assert app.selectbox(key=numbers.WIDTH).value == "2"
    assert app.number_input(key=numbers.SEED).value == 7


def test_scaling_is_sampled_and_a_softmax_sharpened() -> None:
    app = opened(3, size="64", times="8")
    assert "divided by √64 it is 1.0" in noticed(app)
    assert "number 5 gets 80 %" in noticed(app)
    sound(app.slider(key="averaging-times").set_value(0.0).run())
    assert "gets 20 %; as the scores stand it gets 19 %" in noticed(app)


def test_mask_and_places_decide_whether_an_order_is_seen() -> None:
    app = opened(4, mask="false")
    assert "mask off and places off, 0 of 5 words" in noticed(app)
    sound(app.toggle(key="averaging-places").set_value(True).run())
    assert "mask off and places on, 5 of 5 words" in noticed(app)
    made = head_steps(X, HEAD, causal=False, positions=True)
    np.testing.assert_allclose(drawn(app, "Weights"), made.weights)


def test_a_head_of_a_model_is_followed_to_the_stream() -> None:
    choice = next(c for c in models.shipped() if c.family == "transformer" and c.items)
    app = opened(6, model=choice.label, text="anna")
    checkpoint = load_checkpoint(choice.folder)
    ids = text_ids(checkpoint.tokenizer, "anna", items=True)
    (view,) = views_of_text(checkpoint.model, ids, checkpoint.tokenizer)
    best = max(read_heads(view.weights, view.ids, view.seen), key=lambda head: head.visible)
    assert app.selectbox(key="averaging-layer").value == best.layer
    taken = take_values(checkpoint.model, view, best.layer, best.head, len(ids) - 1)
    np.testing.assert_allclose(
        drawn(app, "Weight × value, and the sum")[-1], taken.output, atol=1e-5
    )
    stream = drawn(app, "The stream of this token")
    np.testing.assert_allclose(stream[1], taken.added, atol=1e-5)
    np.testing.assert_allclose(stream[0], taken.stream, atol=1e-5)
    assert app.selectbox(key="averaging-looked").value == int(taken.weights.argmax())
    sound(app.selectbox(key="averaging-token").set_value(0).run())
    sound(app.text_input(key="averaging-text").set_value("bo").run())
    assert app.selectbox(key="averaging-token").value == 2
    app.text_input(key="averaging-text").set_value("№").run()
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.slow
def test_a_translator_has_three_sides() -> None:
    choice = next(c for c in models.shipped() if c.of_pairs and "n_head" in c.card["model"])
    looks = models.with_attention()
    labels = dict(zip([one.folder for one in looks], models.labels(looks), strict=True))
    app = opened(6, model=labels[choice.folder])
    for side in range(3):
        sound(app.selectbox(key="averaging-view").set_value(side).run())
        assert noticed(app)

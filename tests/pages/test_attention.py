"""The Attention screen: real weights of a model that ships, and sentences where input is bad."""

import json
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.inspection import attention_maps, text_ids
from lm_core.inspection.views import OWN
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.inside import attention, offers, sides
from pages._ui.shared import models
from pages._ui.shared.matrices import told
from tests.charts.test_stack import unpacked
from tests.pages.screens import first_table, gone_back, sound
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SENTENCE = offers.SENTENCES[0]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"attention-{name}"] = value
    app.switch_page("pages/attention.py").run()
    assert not app.exception
    return app


def transformer(*, items: bool):
    """The shipped Transformer that the screen offers first."""
    return next(c for c in models.shipped() if c.family == "transformer" and c.items == items)


def on_names(app: AppTest) -> AppTest:
    return sound(
        app.selectbox(key="attention-model").set_value(transformer(items=True).label).run()
    )


def write(app: AppTest, text: str, field: str = "attention-text") -> AppTest:
    app.text_input(key=field).set_value(text).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def formula(app: AppTest, i: int) -> str:
    return app.latex[i].value.strip("$ \n")


def views(app: AppTest) -> tuple[bytes, dict, dict]:
    """What the browser draws: the numbers, and how all heads and the large one are looked at."""
    held, small, large = (element.proto for element in app.get("bidi_component"))
    return held.bytes, json.loads(small.json), json.loads(large.json)


def maps_of(text: str, *, items: bool) -> np.ndarray:
    checkpoint = load_checkpoint(transformer(items=items).folder)
    return attention_maps(
        checkpoint.model, text_ids(checkpoint.tokenizer, text, items=items)
    ).numpy()


def test_it_opens_on_a_sentence_with_the_weights_of_every_head() -> None:
    app = sound(opened())
    maps = maps_of(SENTENCE, items=False)
    L, H, T, _ = maps.shape
    drawn = first_table(app, "head")
    assert len(drawn) == L * H * T * (T + 1) // 2
    np.testing.assert_allclose(
        drawn["attention (share of 1)"], maps[:, :, *np.tril_indices(T)].ravel(), atol=1e-5
    )
    held, small, large = views(app)
    header, numbers = unpacked(held)
    seen = np.tril(np.ones((T, T), bool))
    np.testing.assert_allclose(numbers[..., seen], maps[..., seen], atol=1e-5)
    assert small["id"] == large["id"] == header["id"]  # what both draw
    assert "is the most decided" in said(app)
    # On the head that gives most to the token before, all words whole.
    before = maps.diagonal(offset=-1, axis1=-2, axis2=-1).mean(-1)
    layer, head = np.unravel_index(before.argmax(), before.shape)
    assert small["at"] == large["at"] == [layer, head]
    others = np.tril(maps[layer, head], -1)  # framed: the strongest look at another
    assert tuple(large["cell"]) == np.unravel_index(others.argmax(), others.shape)
    assert app.selectbox(key="attention-row").options[:3] == ["We", "·will", "·build"]


def test_a_head_is_opened_for_the_text_until_the_visitor_chooses_one() -> None:
    app = sound(on_names(opened()))
    place = app.selectbox(key="attention-layer"), app.selectbox(key="attention-head")
    for name in ("anastasia", "christina", "maximilian"):
        sound(write(app, name, "attention-name"))
        reading = sides.read(load_checkpoint(transformer(items=True).folder), name)
        best = max(reading.sides[OWN].heads, key=lambda head: head.visible)
        place = app.selectbox(key="attention-layer"), app.selectbox(key="attention-head")
        assert [box.value for box in place] == [best.layer, best.head]
        assert best.visible > 0.6
    other = 0 if place[0].value else 1
    sound(place[0].set_value(other).run())
    sound(write(app, "anastasia", "attention-name"))
    assert app.selectbox(key="attention-layer").value == other


def model_of(folder: Path, text: str, room: int):
    tokenizer = CharTokenizer.train([text])
    settings = {"n_layer": 1, "n_head": 1, "n_embd": 8, "block_size": room}
    model = build_model("transformer", settings, tokenizer.vocab_size)
    save_checkpoint(folder, model, tokenizer, {})
    return load_checkpoint(folder)


@pytest.mark.parametrize(
    ("text", "room", "begins"),
    [
        (SENTENCE + offers.SENTENCES[1], 50, SENTENCE),
        (SENTENCE + offers.SENTENCES[1], 40, "The state of the Union is strong."),
        ("the people", 16, "the people"),
        ("日本語", 16, ""),
    ],
)
def test_the_first_text_is_one_that_the_model_reads_whole(
    tmp_path: Path, text: str, room: int, begins: str
) -> None:
    assert offers.offered(model_of(tmp_path / "m", text, room)) == begins


def test_a_text_of_ones_own_goes_along_to_another_model_and_the_offered_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = model_of(tmp_path / "long", SENTENCE, 50)
    short = model_of(tmp_path / "short", "the people", 16)
    state: dict[str, str] = {}
    monkeypatch.setattr(attention.st, "session_state", state)
    state["field"] = offers.offer(offers.offered(long), "field")["value"]
    assert offers.offer(offers.offered(short), "field") == {}
    assert state["field"] == "the people"
    state["field"] = "people"
    offers.offer(offers.offered(long), "field")
    assert state["field"] == "people"


def test_the_arithmetic_ends_in_the_weight_of_the_chosen_cell() -> None:
    app = sound(opened())
    sound(app.selectbox(key="attention-layer").set_value(2).run())
    sound(app.selectbox(key="attention-head").set_value(1).run())
    sound(app.selectbox(key="attention-row").set_value(4).run())
    sound(app.selectbox(key="attention-column").set_value(1).run())
    weight = maps_of(SENTENCE, items=False)[2, 1, 4, 1]
    assert formula(app, 1).endswith(f"= {weight:.3f}")
    shares = first_table(app, "share")
    assert len(shares) == 5
    assert shares["share"].sum() == pytest.approx(1, abs=1e-3)
    numbers = first_table(app, "q × k")
    dot = float(formula(app, 0).split(r"= \frac{")[1].split("}")[0])
    assert dot == pytest.approx(numbers["q × k"].sum(), abs=0.002)


def test_it_begins_at_the_strongest_look_of_the_head() -> None:
    app = sound(opened(layer="3", head="2"))
    weights = np.tril(maps_of(SENTENCE, items=False)[2, 1], -1)
    row, column = np.unravel_index(weights.argmax(), weights.shape)
    assert app.selectbox(key="attention-row").value == row
    assert app.selectbox(key="attention-column").value == column


def test_back_opens_the_head_and_the_cell_that_were_shown() -> None:
    """Those that a text opens on are not in the address."""
    at = {"model": transformer(items=True).label, "name": "elizabeth"}
    app = sound(opened(**at))
    before = places(app)
    sound(write(app, "jo", "attention-name"))
    assert places(app) != before
    at = {f"attention-{name}": value for name, value in at.items()}
    sound(gone_back(app, at))
    assert places(app) == before
    assert tuple(views(app)[2]["cell"]) == before[2:]
    sound(app.selectbox(key="attention-row").set_value(1).run())
    assert tuple(views(app)[2]["cell"]) == (1, 0)
    sound(gone_back(app, at))
    assert places(app) == before


def test_a_link_to_a_cell_frames_it_at_once() -> None:
    rows = opened().selectbox(key="attention-row").options
    app = sound(opened(layer="3", head="2", row=rows[4], column=rows[1]))
    assert places(app) == (2, 1, 4, 1)
    assert tuple(views(app)[2]["cell"]) == (4, 1)


def places(app: AppTest) -> tuple[int, ...]:
    keys = (f"attention-{name}" for name in ("layer", "head", "row", "column"))
    return tuple(app.selectbox(key=key).value for key in keys)


def test_what_is_picked_in_the_browser_goes_into_the_widgets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = {"view": {"at": [3, 1]}}
    monkeypatch.setattr(attention.st, "session_state", state)
    keys = ("layer", "head", "row", "column")
    told("view", "at", lambda *place: attention.moved(place, keys[:2]))()
    assert [state[key] for key in keys[:2]] == [3, 1]
    for foreign in (None, "3", [3, "1"], [-1, 0], {"at": 3}, [True, 1], [3], [3, 1, 0]):
        state["view"] = {"at": foreign}
        told("view", "at", lambda *place: attention.moved(place, keys[:2]))()
        assert [state[key] for key in keys[:2]] == [3, 1]
    state["view"] = {"cell": [2, 0, 5, 4]}
    told("view", "cell", lambda *place: attention.moved(place, keys))()
    assert [state[key] for key in keys] == [2, 0, 5, 4]


def test_a_name_begins_after_the_boundary() -> None:
    app = on_names(opened())
    write(app, "emma", "attention-name")
    assert app.selectbox(key="attention-row").options == ["⏎", "e", "m₁", "m₂", "a"]
    assert "⏎ is where a name begins" in "".join(caption.value for caption in app.caption)


def test_a_character_the_model_never_saw_gets_one_sentence_and_the_text_stays() -> None:
    app = write(on_names(opened()), "zoë!", "attention-name")
    assert len(app.error) == 1
    assert "never saw" in app.error[0].value
    assert app.text_input(key="attention-name").value == "zoë!"
    assert not app.get("bidi_component")
    sound(write(app, "zoe", "attention-name"))
    assert app.get("bidi_component")


def test_a_text_longer_than_the_context_is_cut_and_said_so() -> None:
    app = sound(write(opened(), "we the people " * 200))
    room = load_checkpoint(transformer(items=False).folder).model.context_size
    assert f"context is {room} tokens" in app.info[0].value
    assert len(app.selectbox(key="attention-row").options) == room


@pytest.mark.parametrize("text", ["a", "e"])
def test_a_single_token_looks_at_itself(text: str) -> None:
    app = sound(write(opened(), text))
    assert formula(app, 1).endswith("= 1.000")
    assert "A single token has only itself" in said(app)


def test_no_text_is_asked_for_and_a_name_may_be_empty() -> None:
    app = sound(write(opened(), ""))
    assert "Type a word" in app.info[0].value
    sound(write(on_names(opened()), "", "attention-name"))


def test_a_shorter_text_keeps_no_place_beyond_its_end() -> None:
    app = sound(opened())
    sound(app.selectbox(key="attention-row").set_value(6).run())
    sound(write(app, "the people"))
    row = app.selectbox(key="attention-row")
    assert row.value < len(row.options) < 7


def test_signs_of_markdown_are_shown_as_they_are() -> None:
    app = sound(write(opened(), "* * *"))
    sound(app.selectbox(key="attention-row").set_value(0).run())
    assert "\\*" in said(app).partition("asks (q)")[0].rpartition("\n")[2]


def test_heads_are_read_in_figures() -> None:
    heads = first_table(sound(opened()), "entropy (nats)")
    L, H, T, _ = maps_of(SENTENCE, items=False).shape
    assert len(heads) == L * H
    assert heads["entropy (nats)"].between(0, np.log(T)).all()


def test_the_values_are_one_click_on_with_the_same_head_and_text() -> None:
    """The link opens the last step of the way from averaging, on what is seen here."""
    app = opened()
    (link,) = [element for element in app.main if element.type == "page_link"]
    query = dict(parse_qsl(link.proto.query_string))
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in query.items():
        other.query_params[name] = value
    sound(other.switch_page("pages/from_averaging_to_attention.py").run())
    assert other.selectbox(key="averaging-model").value == query["averaging-model"]
    assert other.text_input(key="averaging-text").value == query["averaging-text"]

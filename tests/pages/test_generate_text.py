"""Generate text: the text goes on, the bars follow the sliders, bad input loses nothing."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.charts.words import percent
from lm_core.checkpoints import build_model, save_checkpoint
from lm_core.generation import SamplerSettings
from lm_core.runs.store import RunStore
from lm_core.tokenizers.bpe import BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from lm_core.visible import readable
from pages._ui.shared import models
from pages._ui.write import writing
from tests.pages.html import html
from tests.pages.screens import sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
PROMPT = "My fellow Americans, the state of the"
TEXT = "the sun rose and the sea was calm, and the men rose too. " * 8


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened() -> AppTest:
    """The screen, reached by way of Home as app.py shows it."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    return sound(app.switch_page("pages/generate_text.py").run())


@pytest.fixture
def app() -> AppTest:
    return opened()


def test_a_fresh_server_may_be_met_here_first() -> None:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    sound(app.switch_page("pages/generate_text.py").run())
    assert app.title[0].value == "Generate text"
    assert shown(app)["tokens"]


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing ships."""
    monkeypatch.setattr(models, "SHIPPED", tmp_path)
    monkeypatch.setattr(models, "foreign", list)
    models.shipped.clear()
    yield
    models.shipped.clear()


def draft(app: AppTest) -> writing.Draft:
    return app.session_state["generate_text-draft"]


def shown(app: AppTest) -> dict:
    """What the text on the screen was drawn from."""
    (element,) = app.get("bidi_component")
    return json.loads(element.proto.json)


def bars(app: AppTest) -> bytes:
    return app.get("vega_lite_chart")[0].proto.data.data


def set_value(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    return sound(getattr(app, kind)(key=f"generate_text-{name}").set_value(value).run())


def test_it_opens_on_a_prompt_already_continued_and_coloured(app: AppTest) -> None:
    text = shown(app)
    assert text["prompt"] == PROMPT
    assert len(text["tokens"]) == 40
    for (piece, share, *_), p in zip(text["tokens"], draft(app).writer.probabilities, strict=True):
        assert share == f"probability {percent(p)}"
        assert piece == readable(piece)
    assert bars(app)
    table = app.dataframe[-1].value
    kept = table[table["after top-k and top-p"] != "ruled out"]
    assert list(kept["share"]) == list(kept["after top-k and top-p"])


def test_sliders_redraw_the_bars_and_leave_the_text(app: AppTest) -> None:
    for name, value in (("temperature", 2.0), ("top_k", 3), ("top_p", 0.01)):
        text, before = draft(app).text, bars(app)
        set_value(app, "slider", name, value)
        assert draft(app).text == text
        assert bars(app) != before
    table = app.dataframe[-1].value
    assert list(table["after top-k and top-p"]) == ["100 %"] + ["ruled out"] * 9
    set_value(app, "slider", "temperature", 0.0)
    assert list(app.dataframe[-1].value["share"]) == ["100 %"] + ["0 %"] * 9


def test_step_write_stop_and_start_over(app: AppTest) -> None:
    sound(app.button(key="generate_text-step").click().run())
    assert len(draft(app).pieces) == 41
    sound(app.button(key="generate_text-write").click().run())
    assert draft(app).left > 0
    sound(app.run())  # a tick
    before = len(draft(app).pieces)
    assert before > 41
    sound(app.button(key="generate_text-stop").click().run())
    sound(app.run())
    assert len(draft(app).pieces) == before
    sound(app.button(key="generate_text-clear").click().run())
    assert draft(app).text == PROMPT


@pytest.mark.parametrize("family", ["transformer", "lstm", "ngram"])
def test_a_written_token_says_what_else_was_possible_and_why(family: str) -> None:
    label = next(c.label for c in models.shipped() if c.family == family and not c.items)
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["generate_text-model"] = label
    app.query_params["generate_text-token"] = "5"
    app.query_params["generate_text-top_k"] = "20"
    sound(app.switch_page("pages/generate_text.py").run())
    assert shown(app)["picked"] == 4
    writer = draft(app).writer
    own = writer.logits_at(4).softmax(-1)
    table = next(f.value for f in app.dataframe if "drawn" in f.value)
    said = table[table["drawn"]].iloc[0]
    assert said["the model alone (share of 1)"] == pytest.approx(writer.probabilities[4], rel=1e-3)
    sampler = SamplerSettings(temperature=0.8, top_k=20)
    (drawn,) = (c for c in draft(app).possible(4) if c.id == writer.written[4])
    kept = (own.log() / sampler.temperature).topk(20)
    assert drawn.probability == pytest.approx(
        float(kept.values.softmax(-1)[kept.indices == drawn.id]), rel=1e-3
    )
    why = next(m.value for m in app.markdown if m.value.startswith("**Why this token?**"))
    assert f"{percent(drawn.own)}" in why
    assert "at temperature 0.8, top-k 20" in why
    reach = next((f.value for f in app.dataframe if "tokens seen" in f.value), None)
    counted = next((f.value for f in app.dataframe if "counted" in f.value), None)
    assert (reach is None, counted is None) == (family == "ngram", family != "ngram")
    if reach is not None:
        assert reach["probability (share of 1)"].iloc[-1] == pytest.approx(drawn.own, rel=1e-3)
    moved = next((f.value for f in app.dataframe if "adds to the logit" in f.value), None)
    assert (moved is None) == (family != "transformer")
    if moved is not None:
        logit = float(writer.logits_at(4)[writer.written[4]])
        assert moved["adds to the logit"].sum() == pytest.approx(logit, abs=1e-4)


def test_what_is_written_next_or_anew_leaves_the_token_that_was_pressed() -> None:
    for button in ("step", "clear", "leave"):
        app = AppTest.from_file(APP, default_timeout=PATIENCE)
        app.query_params["generate_text-token"] = "40"
        sound(app.switch_page("pages/generate_text.py").run())
        assert shown(app)["picked"] == 39
        sound(app.button(key=f"generate_text-{button}").click().run())
        assert shown(app)["picked"] is None
        assert "generate_text-token" not in app.query_params


def test_the_seed_decides_the_text(app: AppTest) -> None:
    first = draft(app).text
    assert draft(set_value(app, "number_input", "seed", 1)).text != first
    assert draft(set_value(app, "number_input", "seed", 0)).text == first


def test_every_shipped_model_of_text_writes_and_lists_of_names_are_not_offered(
    app: AppTest,
) -> None:
    box = app.selectbox(key="generate_text-model")
    assert [o for o in box.options if "US first names" in o] == []
    for option in box.options:
        set_value(app, "selectbox", "model", option)
        assert len(draft(app).pieces) == 40
        assert option in app.caption[0].value


def test_other_models_go_on_from_the_same_prompt(app: AppTest) -> None:
    set_value(app, "toggle", "beside", True)
    shown = [body for body in html(app) if PROMPT in body]
    ours = [choice for choice in models.shipped() if choice.writes and not choice.items]
    assert len(shown) + 1 == len(ours)
    assert len(set(shown)) == len(shown)


def test_a_prompt_longer_than_the_context_is_said_in_one_sentence(app: AppTest) -> None:
    def forgets() -> int:
        return sum("sees only the last" in caption.value for caption in app.caption)

    assert not forgets()
    set_value(app, "text_input", "prompt", "the state of the union " * 200)
    assert forgets() == 1


def test_an_empty_prompt_and_one_of_markup_work(app: AppTest) -> None:
    set_value(app, "text_input", "prompt", "")
    assert len(draft(app).pieces) == 40
    set_value(app, "text_input", "prompt", "<script>alert(1)</script>")
    assert shown(app)["prompt"] == "<script>alert(1)</script>"  # set as text, never as markup


def own_model(tokenizer: Tokenizer, title: str, items: bool = False) -> None:
    """A small model in the store, as a finished run leaves it."""
    store = RunStore()
    run = store.create(OWNER, title, {})
    model = build_model("lstm", {"n_embd": 4, "n_hidden": 4}, tokenizer.vocab_size)
    card = {
        "corpus": {"name": "own-x", "title": title, "items": items},
        "spec": {"tokenizer": {"name": tokenizer.name}},
    }
    save_checkpoint(store.run_folder(run) / "checkpoint", model, tokenizer, card)


def opened_by_owner(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    from pages._ui.shared import session

    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    return opened()


def test_a_character_the_model_never_saw_is_one_sentence_and_the_prompt_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own_model(CharTokenizer.train([TEXT]), "calm *sea*")
    app = opened_by_owner(monkeypatch)
    set_value(app, "text_input", "prompt", "the sun")
    app.selectbox(key="generate_text-model").set_value("Yours: calm *sea*").run()
    sound(app)
    app.text_input(key="generate_text-prompt").set_value("the ☀").run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "This model reads single characters and never saw '☀': leave them out, or choose a model "
        "with another tokenizer."
    ]
    assert app.text_input(key="generate_text-prompt").value == "the ☀"
    set_value(app, "text_input", "prompt", "the sea")
    assert draft(app).text.startswith("the sea")


def test_words_the_model_never_learned_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    own_model(WordTokenizer.train([TEXT]), "words")
    app = opened_by_owner(monkeypatch)
    app.selectbox(key="generate_text-model").set_value("Yours: words").run()
    set_value(app, "text_input", "prompt", "the zebra and the xylophone")
    assert any(info.value.startswith("2 words of the prompt") for info in app.info)


def test_a_lab_without_models_says_what_to_do(no_models: None) -> None:
    app = opened()
    assert "train one" in app.info[0].value


@pytest.mark.parametrize("kind", [CharTokenizer, WordTokenizer, BPETokenizer])
def test_the_pieces_of_a_draft_are_its_text(
    kind: type[Tokenizer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spaces between words, and letters of several bytes, come out as the tokenizer has them."""
    tokenizer = kind.train([TEXT + "\nça va, naïve Zoë? ☀ " * 3], None)
    model = build_model("lstm", {"n_embd": 4, "n_hidden": 4}, tokenizer.vocab_size)
    save_checkpoint(tmp_path / "m", model, tokenizer, {})
    choice = models.Choice("m", tmp_path / "m", "lstm", "", False, {})
    wanted = tokenizer.encode("the sun, naïve Zoë and ☀ rose").tolist()
    draft = writing.begin(choice, "the sea", seed=0)
    ids = iter(wanted)

    def step(sampler: SamplerSettings) -> int:
        draft.writer.written.append(next(ids))
        return draft.writer.written[-1]

    monkeypatch.setattr(draft.writer, "step", step)
    draft.write(len(wanted), SamplerSettings())
    expected = tokenizer.decode(np.array(wanted))
    assert "".join(draft.pieces).strip() == expected.strip()
    assert len(draft.pieces) == len(wanted)
    if not tokenizer.lossless:
        assert draft.text.startswith("the sea the sun")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_in_the_prompt_is_the_same_however_it_is_typed(
    form: str, no_models: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "l’été, déjà. " * 20
    tokenizer = CharTokenizer.train([text], form="NFC")
    model = build_model("lstm", {"n_embd": 8}, tokenizer.vocab_size)
    save_checkpoint(models.SHIPPED / "accents", model, tokenizer, {"title": "accents"})
    models.shipped.clear()
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["generate_text-prompt"] = unicodedata.normalize(form, "déjà")
    sound(app.switch_page("pages/generate_text.py").run())
    ids = tokenizer.encode("déjà").tolist()
    assert draft(app).writer.prompt == ids

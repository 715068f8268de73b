"""Why this token: the parts sum to the probability, and every place shown is a real one."""

import re._parser as parser
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.corpora.own import own_corpus, save_own
from lm_core.encoded import encode_documents
from lm_core.models.ngram_sources import occurrences
from lm_core.runs.store import RunStore
from lm_core.tokenizers.bpe import BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from pages._ui.shared import models, session
from pages._ui.why import places
from tests.marks import most_slow
from tests.pages.html import html
from tests.pages.screens import sound
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"
OWNER = "a-visitor-for-tests"
SHIPPED = "N-gram, State of the Union addresses"
TEXT = (
    "The sun rose, and the sea was calm. The men rose too; the men said that the sea would rise. "
    'Zoë said: "The sea, the sea!" and naïve men looked at the sun.\nThen the sun was gone. '
) * 6


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)


def opened(model: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["generate_text-model"] = model
    return sound(app.switch_page("pages/generate_text.py").run())


def counted(app: AppTest):
    """The table of the panel; None where there is no panel."""
    return next((f.value for f in app.dataframe if "counted" in f.value), None)


def shown(app: AppTest) -> str:
    """What is told of places in the text."""
    return "".join(body for body in html(app) if "margin-bottom:0.7rem" in body)


def own_ngram(tokenizer: Tokenizer, *, keep_text: bool, **settings) -> models.Choice:
    """An n-gram of an own text, as a finished run leaves it."""
    corpus = own_corpus(TEXT, title="calm", items=False)
    if keep_text:
        save_own(corpus)
    store = RunStore()
    run = store.create(OWNER, "calm", {})
    train = encode_documents(corpus.splits["train"], tokenizer, items=False)
    model = build_model("ngram", {"order": 4, **settings}, tokenizer.vocab_size)
    model.fit(train.ids, train.starts)
    card = {
        "corpus": {"name": corpus.info.name, "title": "calm", "items": False},
        "counts": {"train": {"characters": corpus.characters("train")}},
        "spec": {"tokenizer": {"name": tokenizer.name}},
    }
    folder = save_checkpoint(store.run_folder(run) / "checkpoint", model, tokenizer, card)
    return models.Choice("calm", folder, "ngram", corpus.info.name, False, card)


def test_a_shipped_ngram_says_which_counts_made_the_likeliest_token() -> None:
    app = opened(SHIPPED)
    draft = app.session_state["generate_text-draft"]
    table = counted(app)
    order = draft.checkpoint.model.settings.order
    assert list(table["context"])[-2:] == ["no context", "every token alike"]
    assert len(table) == order + 1
    likeliest = int(draft.writer.logits.argmax())
    assert app.session_state["generate_text-why"] == likeliest
    parts = draft.checkpoint.model.explain(draft.writer.prompt + draft.writer.written, likeliest)
    p = float(draft.writer.logits.softmax(-1)[likeliest])
    assert sum(part.share for part in parts) == pytest.approx(p, rel=1e-4)
    assert table["counted"].iloc[0] == f"{parts[-1].count:,} of {parts[-1].seen:,}"
    assert "font-size:0.8rem" in shown(app)  # which speech it is from


def test_another_token_and_another_step_are_explained_anew() -> None:
    app = opened(SHIPPED)
    before = counted(app)
    pills = app.button_group(key="generate_text-why")
    other = app.session_state["generate_text-draft"].writer.logits.argsort(descending=True)[1]
    sound(pills.set_value(int(other)).run())
    assert app.session_state["generate_text-why"] == int(other)
    assert not counted(app).equals(before)
    sound(app.button(key="generate_text-step").click().run())
    draft = app.session_state["generate_text-draft"]
    assert app.session_state["generate_text-why"] == int(draft.writer.logits.argmax())


def test_nothing_is_explained_while_it_writes_or_where_nothing_was_counted() -> None:
    app = opened(SHIPPED)
    sound(app.button(key="generate_text-write").click().run())
    assert counted(app) is None
    sound(app.button(key="generate_text-stop").click().run())
    sound(app.run())
    assert counted(app) is not None
    others = [o for o in app.selectbox(key="generate_text-model").options if o != SHIPPED]
    app.selectbox(key="generate_text-model").set_value(others[0]).run()
    assert counted(sound(app)) is None


@pytest.mark.parametrize(
    "smoothing",
    most_slow(
        ["kneser-ney", "witten-bell", "backoff", "add-k", "ml"], quick=["kneser-ney", "backoff"]
    ),
)
def test_every_smoothing_is_explained(smoothing: str) -> None:
    own_ngram(WordTokenizer.train([TEXT]), keep_text=True, smoothing=smoothing)
    app = opened("Yours: calm")
    sound(app.text_input(key="generate_text-prompt").set_value("the men said that the").run())
    assert ("discount" in counted(app)) == (smoothing == "kneser-ney")
    assert "<b " in shown(app)


def test_a_text_that_is_gone_is_said_in_one_sentence() -> None:
    own_ngram(CharTokenizer.train([TEXT]), keep_text=False)
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["generate_text-model"] = "Yours: calm"
    app.query_params["generate_text-prompt"] = "the sea"
    sound(app.switch_page("pages/generate_text.py").run())
    assert any("not on this machine any more" in caption.value for caption in app.caption)
    assert counted(app) is not None


@pytest.mark.parametrize("kind", [CharTokenizer, WordTokenizer, BPETokenizer])
def test_each_place_holds_the_very_tokens_and_none_is_missed(kind: type[Tokenizer]) -> None:
    tokenizer = kind.train([TEXT], None)
    choice = own_ngram(tokenizer, keep_text=True)
    (document,) = places.learned(choice).splits["train"]
    ids = torch.from_numpy(tokenizer.encode(document))
    start = torch.zeros(1, dtype=torch.int64)
    generator = torch.Generator().manual_seed(0)
    for length in (1, 2, 3, 4):
        for place in torch.randint(1, len(ids) - length, (5,), generator=generator).tolist():
            run = tuple(ids[place : place + length].tolist())
            text = tokenizer.decode(run)
            found = places.places(choice, run)
            if "\ufffd" in text:  # half a letter
                assert found == []
                continue
            stands = len(occurrences(ids, start, run, most=None))
            assert len(found) == min(places.MOST, stands), text
            for one in found:
                assert kind is BPETokenizer or tokenizer.encode(one.run).tolist() == list(run)
                assert one.run in document.replace("\n", " ")


@given(run=st.lists(st.integers(0, 6), min_size=1, max_size=9))
def test_what_is_looked_for_takes_nothing_back(run: list[int]) -> None:
    """Each place of a text is looked at once for each token of the run, and never in two ways."""
    words = WordTokenizer(["<unk>", "<eos>", "the", ".", "(", "sea's", "a+b"])
    wanted = places.pattern(words, tuple(run))
    repeats = [op for op, _ in parser.parse(wanted.pattern) if "REPEAT" in str(op)]
    assert set(map(str, repeats)) <= {"POSSESSIVE_REPEAT"}


def test_unknown_words_of_any_length_are_found_whole_and_at_once() -> None:
    words = WordTokenizer(["<unk>", "<eos>", "the"])
    long = "x" * 120
    wanted = places.pattern(words, (0,) * 12)
    assert not wanted.search("x" * 100_000 + " the ")  # it would share the letters for ever
    assert wanted.search(f"the. {' '.join([long] * 12)}").group().split() == [long] * 12
    pair = places.pattern(words, (0, 0))
    assert [m.group() for m in pair.finditer("seven seas; the seven seas")] == [
        "seven seas",
        "the seven",
    ]


def test_a_place_is_shown_with_whole_words_around_it() -> None:
    tokenizer = CharTokenizer.train([TEXT])
    choice = own_ngram(tokenizer, keep_text=True)
    run = tuple(tokenizer.encode("calm").tolist())
    first, *_ = places.places(choice, run)
    assert (first.run, first.label) == ("calm", "")
    assert first.before == "The sun rose, and the sea was "
    assert first.after.startswith(". The men rose too;")
    assert first.after.endswith('sea!" …')
    assert "\n" not in first.before + first.after


def test_a_text_that_changed_shows_no_places(tmp_path: Path) -> None:
    choice = own_ngram(CharTokenizer.train([TEXT]), keep_text=True)
    choice.card["counts"]["train"]["characters"] += 1
    assert places.places(choice, (1, 2)) is None
    assert load_checkpoint(choice.folder).model.explain((), 1)


def test_markup_in_a_text_stays_text() -> None:
    line = places.line(places.Place("<i>", "a <b>", "<script>", "& c"))
    assert "<script>" not in line
    assert "&lt;script&gt;" in line
    assert "&lt;i&gt;" in line

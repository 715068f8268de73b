"""The Tokenizers screen: figures are those of the tokenizers themselves, and each widget moves."""

from functools import cache
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.corpora.own import own_corpus, save_own
from lm_core.models.building import build_model
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.gpt2 import gpt2
from tests.pages import html as shown_html
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(text: str = "names", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["text"] = text
    for name, value in address.items():
        app.query_params[f"tokenizers-{name}"] = value
    app.switch_page("pages/tokenizers.py").run()
    return sound(app)


def html(app: AppTest) -> str:
    return "".join(shown_html.html(app))


@cache
def names_bpe() -> BPETokenizer:
    names = load_corpus("names")
    return BPETokenizer.train(names.splits["train"], BPESettings(vocab_size=2048), items=True)


def test_hii_there_under_gpt2_is_what_the_course_says() -> None:
    app = opened(own="hii there")
    shown = html(app)
    for id, token in ((71, "h"), (4178, "ii"), (612, "·there")):
        assert f'title="id {id}"' in shown
        assert f">{token}</span>" in shown
    figures = table(app, "characters per token").set_index("tokenizer")
    assert figures.loc["GPT-2's own (BPE)", ["vocabulary", "tokens"]].tolist() == [50_257, 3]
    assert figures.loc["GPT-2's own (BPE)", "comes back"] == "exactly"
    assert figures.loc["Byte pairs (BPE)", "tokens"] == len(names_bpe().encode("hii there"))
    assert "Words" not in figures.index, "no first name is there twice"


def test_text_is_text_and_what_is_unknown_is_said() -> None:
    app = opened(own="emma <b>ж</b>\u202e")
    shown = html(app)
    assert "<b>" not in shown
    figures = table(app, "characters per token").set_index("tokenizer")
    assert figures.loc["Characters", "unknown"] == 8
    assert "8 unknown, left out" in " ".join(m.value for m in app.markdown)
    assert figures.loc["Unigram", "comes back"] == "exactly"


def test_merges_go_forwards_and_back() -> None:
    app = opened(own="emma", look="Merges", word="annabelle")
    tokenizer = names_bpe()
    merges = table(app, "become")
    assert merges["times"].is_monotonic_decreasing
    assert merges["become"].head(3).tolist() == [a + b for a, b in tokenizer.merges[:3]]
    slider = app.slider[0]
    assert slider.value == slider.max
    sound(slider.set_value(0).run())
    assert 'aria-label="The word after 0 merges"' in html(app)
    assert "Its bytes, a token each" in " ".join(m.value for m in app.markdown)
    sound(app.slider[0].set_value(1).run())
    assert "Merge **" in " ".join(m.value for m in app.markdown)


def test_a_larger_vocabulary_is_measured_on_real_models() -> None:
    app = opened(own="annabelle", look="Vocabulary size")
    lengths, parameters = table(app, "tokens of your text"), table(app, "parameters")
    at = parameters.set_index("vocabulary (tokens)")["parameters"]
    assert at[1024] == build_model("transformer", {}, 1024).n_parameters
    found = lengths.set_index("vocabulary (tokens)")["tokens of your text"]
    assert (found[257], found[2048]) == (9, len(names_bpe().encode("annabelle")))


@pytest.mark.slow
def test_tokenizers_of_another_size_are_trained() -> None:
    app = opened(own="annabelle", look="Vocabulary size")
    sound(app.select_slider(key="tokenizers-size").set_value(1024).run())
    figures = table(app, "characters per token").set_index("tokenizer")
    assert figures.loc["WordPiece", "vocabulary"] == 1024


def test_a_sign_is_shown_byte_by_byte() -> None:
    app = opened(own="emma", look="Bytes", signs="é👩\u200d👧")
    assert table(app, "code point")["bytes (UTF-8)"].tolist()[:2] == ["C3 A9", "F0 9F 91 A9"]
    cuts = table(app, "cut").set_index("tokenizer")
    assert cuts.loc["GPT-2's own (BPE)", "tokens"] == len(gpt2().encode("é👩\u200d👧"))


def test_where_they_disagree_shows_the_pieces() -> None:
    app = opened(own="annabelle", look="Where they disagree")
    (row,) = table(app, "word").to_dict("records")
    pieces = [gpt2().token_text(id) for id in gpt2().encode("annabelle")]
    assert row["GPT-2's own (BPE)"] == " │ ".join(pieces)


@pytest.mark.parametrize("look", ["Merges", "Vocabulary size", "Bytes", "Where they disagree"])
def test_a_text_of_ones_own_with_almost_nothing_in_it(look: str) -> None:
    sha = save_own(own_corpus("ab\n" * 80, title="two letters", items=False))
    app = opened(f"own-{sha}", own="\u05e9\u05dc\u05d5\u05dd \U0001f600", look=look)
    sound(app.text_input(key="tokenizers-own").set_value("").run())
    assert "Give a text" in app.info[0].value

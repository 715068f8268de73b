"""`plain` gives Markdown that is read as the text itself. (That Streamlit reads it so is seen by
tests/browser/test_plain.py.)"""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lm_core.visible import readable
from pages._ui.shared.plain import plain, safe
from tests.pages.foreign import TEXTS, read


@given(st.text() | st.text("ab1 \n:$*_`~<>[]{}()#+-=|!&\\.@w/"))
@example(TEXTS[0])
def test_it_says_the_text_in_one_line(text: str) -> None:
    shown = " ".join(re.split(r"[\t-\r \x85\u2028\u2029]+", readable(text))).strip()
    assert read(plain(text)) == shown
    assert "\n" not in plain(text)


@pytest.mark.parametrize("text", TEXTS)
def test_no_sign_of_markdown_is_left(text: str) -> None:
    rest = re.sub(r":color\[\\.\]|\\.", "x", plain(text))
    assert not re.search(r"[\\`*\[\]{}<>$~&|@]|:\S|\b_|_\b|^[#+=-]|^\d+[.)]", rest)


def test_ordinary_sentences_stay_as_they_are() -> None:
    said = "Likeliest next token: the (12 %); then of, and LM_LAB_HOME - 5.2 nats, it's “so”!"
    assert plain(said) == said


def test_an_order_from_right_to_left_ends_with_the_words_it_belongs_to() -> None:
    assert plain("שלום") == "\u2068שלום\u2069"


def test_html_of_a_text_is_the_text() -> None:
    assert safe('<b a="\'">&\n\u202e') == "&lt;b a=&quot;&#x27;&quot;&gt;&amp;\n⟨202E⟩"

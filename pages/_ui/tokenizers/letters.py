"""What a character is made of: its code point, its bytes, and the tokens that they become."""

import unicodedata
from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared.tables import show_table
from pages._ui.tokenizers.learned import title

if TYPE_CHECKING:
    from lm_core.tokenizers import Tokenizer

SIGNS = "é 👩‍👧 ß"
LONGEST = 30  # characters


def show(made: "dict[str, Tokenizer]") -> None:
    """A few signs of one's own, byte by byte."""
    import pandas as pd

    from lm_core.tokenizers.cuts import cut

    text = st.text_input(
        "Letters, accents, emoji",
        SIGNS,
        max_chars=LONGEST,
        key="tokenizers-signs",
        bind="query-params",
        help="What looks like one sign may be several characters, and each of them several bytes.",
    )
    if not text:
        st.info("Give a sign, and see its bytes.")
        return
    rows = [
        {
            "character": visible(char),
            "code point": f"U+{ord(char):04X}",
            "name": unicodedata.name(char, "without a name").capitalize(),
            "bytes (UTF-8)": char.encode("utf-8", "replace").hex(" ").upper(),
        }
        for char in text
    ]
    show_table(pd.DataFrame(rows), key="tokenizers-characters")
    data = text.encode("utf-8", "replace")
    cuts = [
        {
            "tokenizer": title(kind),
            "tokens": len(found.ids),
            "cut": " │ ".join(found.tokens),
            "unknown": found.unknown,
        }
        for kind, tokenizer in made.items()
        for found in [cut(tokenizer, text)]
    ]
    show_table(pd.DataFrame(cuts), key="tokenizers-signs-cut")
    st.markdown(
        f"**What to notice.** {len(text):,} characters are {len(data):,} bytes. Characters that "
        "the text did not have are unknown to a tokenizer of characters or words; bytes spell "
        "them, and half a letter may be a token: ⟨xC3⟩ is the first byte of é."
    )

"""One text under every tokenizer: chips, figures, and the words that they cut apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.tables import show_table
from pages._ui.tokenizers import learned
from pages._ui.tokenizers.learned import idea, title

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.tokenizers import Tokenizer
    from lm_core.tokenizers.cuts import Cut

ROW = 3  # side by side: words of more would have to be broken
MOST_APART = 60  # words in the table of those that are cut apart


def columns(kinds: Sequence[str]) -> "dict[str, DeltaGenerator]":
    """A place for each of them, side by side, with what it is; filled as each is made."""
    places = {}
    for first in range(0, len(kinds), ROW):
        row = kinds[first : first + ROW]
        for column, kind in zip(st.columns(ROW, gap="medium"), row, strict=False):
            with column, st.container(border=True, height="stretch"):
                st.markdown(f"**{title(kind)}**")
                st.caption(idea(kind))
                places[kind] = st.container()
    return places


def fill(place: "DeltaGenerator", kind: str, found: "Cut | None") -> None:
    """The text under one of them; None where the chosen text had nothing for it."""
    from lm_core.charts.chips import chips
    from lm_core.charts.words import count

    with place:
        if found is None:
            st.caption(learned.NOTHING)
            return
        unknown = f"{found.unknown:,} unknown{'' if any(found.unread) else ', left out'}"
        tokens = count(len(found.ids), "token")
        st.markdown(f"{tokens} ({unknown})" if found.unknown else tokens)
        said = f"Your text under {title(kind)}"
        st.html(chips(found.tokens, found.ids, unread=found.unread, what=said))


def figures(text: str, made: "dict[str, Tokenizer]", cuts: "dict[str, Cut]") -> None:
    """What each makes of the text, in numbers."""
    import pandas as pd

    rows = [
        {
            "tokenizer": title(kind),
            "vocabulary": made[kind].vocab_size,
            "tokens": len(found.ids),
            "characters per token": round(len(text) / len(found.ids), 2) if found.ids else None,
            "unknown": found.unknown,
            "comes back": "exactly" if found.round_trip else f"as “{found.back}”",
        }
        for kind, found in cuts.items()
    ]
    show_table(pd.DataFrame(rows), key="tokenizers-figures")


def apart(text: str, cuts: "dict[str, Cut]", made: "dict[str, Tokenizer]") -> None:
    """The words that not all cut alike. Characters cut everywhere, so they are left out of it."""
    import pandas as pd

    from lm_core.tokenizers.cuts import apart as cut_apart

    compared = {kind: one for kind, one in cuts.items() if made[kind].unit != "character"}
    # Positions are those of the text as it is read, which all of them read in the same form.
    read = next(iter(made.values())).read(text)
    spans = {kind: one.spans for kind, one in compared.items() if made[kind].read(text) == read}
    found = cut_apart(read, spans)
    st.write(
        "The words of your text that are not cut in the same places by all, pieces apart by │."
    )
    if not found:
        st.caption("All of them cut every word alike. A longer or a rarer word shows a difference.")
        return
    rows = [
        {"word": word} | {title(kind): " │ ".join(parts) for kind, parts in pieces.items()}
        for word, pieces in found
    ]
    table = pd.DataFrame(rows)
    show_table(table.head(MOST_APART), key="tokenizers-apart", whole=table)
    left = [title(kind) for kind in compared if kind not in spans]
    if left:
        st.caption(f"Another form of Unicode is read, so left out here: {', '.join(left)}.")
    st.markdown(
        "**What to notice.** A frequent word is one token nearly everywhere. A rare one falls into "
        "pieces, and which pieces depends on what each rule prefers: the pair merged first, the "
        "longest beginning, or the likeliest whole. None was asked what the parts of a word mean."
    )

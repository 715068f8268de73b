"""The counts that made a probability of an n-gram, and where they come from."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.sources import sources
from pages._ui.shared.tables import show_table
from pages._ui.why import places
from pages._ui.why.asked import Asked

if TYPE_CHECKING:
    from lm_core.charts.evidence import Source
    from lm_core.models.ngram import Part

# What the counts are, and what is done with them, by the smoothing of the model.
COUNTS = "**Counted**: how often this token came after the context, of all that came after it."
SAYS = {
    "kneser-ney": f"{COUNTS} With a shorter context it counts not how often, but after how many "
    "different tokens. Each count gives up its discount, which is handed on to the next shorter "
    "context.",
    "witten-bell": f"{COUNTS} The more different tokens followed a context, the more it hands on.",
    "backoff": f"{COUNTS} The longest context that knows the token decides; each step back costs "
    "a fixed share.",
    "add-k": f"{COUNTS} Some is added to every count, and the longest context that came decides.",
    "ml": f"{COUNTS} The longest context that came decides alone.",
}


def counts(asked: Asked) -> None:
    """The probability put together from counts, and the longest run of them in its text."""
    model = asked.checkpoint.model
    parts = model.explain(asked.seen, asked.id)
    _made_of(asked, parts)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _table(asked, parts)
        st.caption(f"{SAYS.get(model.settings.smoothing, COUNTS)}")
    with right:
        _where(asked, parts)


def _made_of(asked: Asked, parts: "list[Part]") -> None:
    from lm_core.charts.evidence import evidence_bar

    dark = st.context.theme.type == "dark"
    told = sources(parts, asked.checkpoint.tokenizer.decode)
    show_chart(evidence_bar(told, asked.token, dark=dark), key=f"{asked.key}-evidence", table=False)


def _table(asked: Asked, parts: "list[Part]") -> None:
    import pandas as pd

    from lm_core.charts.evidence import evidence_table, named
    from lm_core.charts.words import percent

    told, none = sources(parts, asked.checkpoint.tokenizer.decode), "–"
    rows = [
        (
            named(source).removeprefix("after "),
            _counted(source),
            f"{source.discount:.2f}" if source.count else none,
            percent(source.handed_on) if source.length >= 0 else none,
            percent(source.share),
        )
        for source in reversed(told)
    ]
    table = pd.DataFrame(rows, columns=["context", "counted", "discount", "handed on", "adds"])
    if asked.checkpoint.model.settings.smoothing != "kneser-ney":
        table = table.drop(columns="discount")
    widths = {"context": 140, "counted": 110, "discount": 65, "handed on": 75, "adds": 75}
    show_table(table, key=f"{asked.key}-counts", whole=evidence_table(told), widths=widths)


def _counted(source: "Source") -> str:
    """How often the token, of how often anything; the end of the chain counts nothing."""
    if source.length < 0:
        return "–"
    return f"{source.count:,} of {source.seen:,}" if source.seen else "never met"


def _where(asked: Asked, parts: "list[Part]") -> None:
    """The longest run that was counted, in the text it was counted in."""
    from lm_core.charts.words import count

    counted = [part for part in parts if part.count]
    if not counted:
        st.markdown("It never counted this token, so there is no place to show.")
        return
    run = (*counted[-1].context, asked.id)
    decode = asked.checkpoint.tokenizer.decode
    settings = asked.checkpoint.model.settings
    # Of shorter runs Kneser-Ney keeps no occurrences.
    sure = len(run) == settings.order or settings.smoothing != "kneser-ney"
    often = f" came {count(counted[-1].count, 'time')}" if sure else ","
    st.markdown(f"The longest run it knows{often} in the text it learned from:")
    found = places.places(asked.choice, run)
    if found is None:
        st.caption("That text is not on this machine any more, so its places cannot be shown.")
    elif not found:
        letters = plain(visible(decode(run)))
        st.caption(f"No place shows “{letters}” as whole letters within one text.")
    else:
        st.html("".join(map(places.line, found)))

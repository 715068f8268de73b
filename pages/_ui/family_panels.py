"""The parts of the Architectures screen: what a family is, how large it is, which shapes it has."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import families
from pages._ui.show import show_chart
from pages._ui.tables import show_table

if TYPE_CHECKING:
    from lm_core.registry import Entry
    from lm_core.settings import Settings


def describe(entry: "Entry") -> None:
    """Idea, equation, paper."""
    said = families.about(entry)
    left_out = f" Left out on purpose: {said.left_out}" if said.left_out else ""
    st.markdown(f"**{entry.title}.** {entry.idea}", help=f"{entry.paper}.{left_out}")
    if said.equation:
        st.code(said.equation, language=None, wrap_lines=True)


def figures(size: families.Size, *, counting: bool) -> None:
    """Parameters, memory and cost as three numbers."""
    from lm_core.charts.words import bytes_size, human

    with st.container(horizontal=True, gap="medium"):
        label = "Stored runs" if counting else "Parameters"
        says = (
            "runs of tokens, each with its counts" if counting else "numbers that training adjusts"
        )
        in_all = f"{size.parameters:,} {says}."
        st.metric(label, human(size.parameters), help=in_all, width="content")
        more = "" if counting else " While it trains with AdamW, about four times as much."
        in_full = f"{size.bytes:,} bytes.{more}"
        st.metric("Memory", bytes_size(size.bytes), help=in_full, width="content")
        if not counting:
            st.metric(
                "Operations a token",
                f"≈ {families.operations(size.parameters)}",
                help="An estimate: one multiplication and one addition for each parameter.",
                width="content",
            )


def counted(entry: "Entry", settings: "Settings") -> None:
    """What a family that counts has stored after reading the names."""
    from lm_core.charts.stored import stored_bars

    size = families.counted(entry.name, settings.to_dict())
    figures(size, counting=True)
    show_chart(stored_bars(size.parts), key="architectures-runs")
    st.markdown(
        "**What to notice:** it has no weights to train. It stores every different run of tokens "
        "it met, here runs of characters in 27,910 names, and how often each came. The store "
        "grows with the text."
    )


def learned(entry: "Entry", settings: "Settings", vocab_size: int) -> None:
    """Where the parameters of a family that learns by gradient are."""
    from lm_core.charts.sizes import parameter_bars

    size = families.size(entry.name, settings.to_dict(), vocab_size)
    figures(size, counting=False)
    parts = [(name.replace("blocks.", ""), n) for name, n in size.parts]
    show_chart(parameter_bars(parts), key="architectures-parts")


def notice(entry: "Entry", settings: "Settings", vocab_size: int) -> None:
    """How much of a model its vocabulary takes."""
    from lm_core.charts.words import percent

    size = families.size(entry.name, settings.to_dict(), vocab_size)
    st.markdown(
        f"**What to notice:** {percent(size.of_vocabulary / size.parameters)} of the parameters "
        f"belong to the vocabulary, {size.of_vocabulary // vocab_size:,} for each of its "
        f"{vocab_size:,} tokens. The others are the same for any text."
    )


def shapes(entry: "Entry", settings: "Settings", vocab_size: int) -> None:
    """The shape of every step of a real run."""
    from lm_core.charts.sizes import shape_table
    from lm_core.inspection.shapes import RUNNABLE

    st.subheader("Shapes of every step")
    if families.size(entry.name, settings.to_dict(), vocab_size).parameters > RUNNABLE:
        st.info(
            f"Above {RUNNABLE / 1e6:.0f} million parameters the shapes are not run here: choose a "
            "smaller width, fewer layers or a smaller vocabulary to see them."
        )
        return
    rows = families.shapes(entry.name, settings.to_dict(), vocab_size)
    B, T = rows[0][1]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_table(shape_table(rows), key="architectures-shapes")
    right.markdown(
        f"A real run over {B} texts of {T} tokens. In each shape the first number counts texts, "
        "the second tokens, the third the numbers that stand for a token there. Steps are called "
        "as in the code.\n\n"
        f"**What to notice:** tokens go in as ids ({B} × {T}) and come out as logits, "
        f"{vocab_size:,} scores at every place: one for each token that may come next. Of several "
        "equal blocks the first is shown."
    )


def comparison(vocab_size: int) -> None:
    """All families at their default settings."""
    import pandas as pd

    from lm_core.charts.words import bytes_size, human
    from lm_core.models import models

    st.subheader("All families")
    st.caption(f"At their default settings, with a vocabulary of {vocab_size:,} tokens.")
    rows = []
    for entry in models:
        settings, counting = entry.settings(), entry.build.learns_by == "counting"
        row = [entry.title, "counting" if counting else "gradient"]
        if counting:
            row += ["as the text has runs", "grows with the text", "none: it looks up"]
        else:
            size = families.size(entry.name, settings.to_dict(), vocab_size)
            row += [human(size.parameters), bytes_size(size.bytes)]
            row.append(f"{families.operations(size.parameters)} (estimate)")
        rows.append([*row, families.looks_back(entry, settings)])
    columns = ["family", "learns by", "parameters", "memory", "operations a token", "looks back"]
    show_table(pd.DataFrame(rows, columns=columns), key="architectures-families")


def lookup(entry: "Entry", settings: "Settings", vocab_size: int) -> None:
    """How a family that counts guesses: no shapes, but contexts looked up one after another."""
    st.subheader("No shapes, but look-ups")
    back = families.looks_back(entry, settings)
    st.markdown(
        f"To guess the next token it looks up what followed the last {back}; where that was met "
        "rarely, it asks a shorter run, down to no context at all. The answer mixes them."
    )

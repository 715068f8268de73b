"""Whether vowels lie apart from consonants, now and over the steps of a run."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.inspection.embeddings import TokenTable
    from lm_core.inspection.separation import Separation


def vowels(apart: "Separation | None", table: "TokenTable") -> None:
    """Whether they do now, in words."""
    from lm_core.charts.words import percent

    st.header("Do vowels lie apart from consonants?")
    if apart is None:
        st.write("There are too few single letters among its tokens to ask.")
        return
    vowels, consonants = apart.same["vowel"], apart.same["consonant"]
    sure = apart.p <= 0.05
    st.write(
        f"The nearest letter is a vowel for {vowels[0]} of {vowels[1]} vowels, and a consonant for "
        f"{consonants[0]} of {consonants[1]} consonants (by cosine, in all "
        f"{table.vectors.size(1):,} dimensions): together {percent(apart.share)}. With the two "
        f"kinds dealt to the letters at random it is {percent(apart.chance)} on average, as most "
        f"letters are consonants; of {apart.deals:,} deals a share of {percent(apart.p)} did as "
        "well. "
        + (
            "So they do lie apart, though nobody told the model what a vowel is: they are read and "
            "followed by like things."
            if sure
            else "So it cannot be said that they lie apart in this model."
        )
    )


def course(found: "list[tuple[Any, Any, Separation | None]]", steps: list[int], at: int) -> None:
    """How far they lie apart over the steps of the run, with what chance gives beside it."""
    from lm_core.charts.head_course import head_course

    apart = [one for _, _, one in found]
    shares = {
        f"{kind}s": [one.same[kind][0] / one.same[kind][1] for one in apart]
        for kind in ("vowel", "consonant")
    }
    shares |= {
        "all letters": [one.share for one in apart],
        "kinds dealt at random": [one.chance for one in apart],
    }
    chart = head_course(
        steps,
        shares,
        at=at,
        title="One of its own kind beside it, by step",
        changed="the share for {}",
    )
    show_chart(chart, key="layers-vowels-course")
    surely = [step for step, one in zip(steps, apart, strict=True) if one.p <= 0.05]
    st.caption(
        f"Of the {len(steps)} states kept they lie surely apart (by p at most 0.05) "
        + (f"in {len(surely)}, first after step {surely[0]:,}." if surely else "in none.")
    )

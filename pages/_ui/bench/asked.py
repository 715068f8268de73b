"""The course's question on contrast, whose answer is computed from the picture."""

import streamlit as st

from pages._ui.bench import pictures
from pages._ui.shared.show import show_chart, show_source

CHOICES = ("255", "148", "189", "49")
ANSWER = "bench-answer"


def show() -> None:
    """Ask first, then show."""
    from lm_core.charts.pixels import level_histogram
    from lm_core.pictures.contract import begin
    from lm_core.pictures.histograms import contrast, histogram, stretched
    from lm_core.pictures.photographs import photograph

    st.write(
        "The **contrast** of a picture is the difference of its lightest and its darkest number. "
        "This clock was moved while it was taken, and is pale. What is its contrast? The histogram "
        "of its levels helps."
    )
    clock = begin(photograph("clock"))
    one, other = st.columns(2)
    with one:
        pictures.draw(clock, "Clock")
    after = stretched(clock.pixels)
    counts = histogram(clock.pixels).tolist()
    answer = st.radio("The contrast is", CHOICES, index=None, horizontal=True, key=ANSWER)
    shown = answer is not None or st.button("Show the answer without a guess", key="bench-skip")
    with other:
        now = histogram(after).tolist() if shown else counts
        show_chart(level_histogram(counts, now), key="bench-asked", table=shown)
    if not shown:
        return
    low, high = int(photograph("clock").min()), int(photograph("clock").max())
    found = f"{contrast(clock.pixels):.0f}"
    if answer is not None:
        st.markdown("**That is right.**" if answer == found else "**It is another.**")
    st.markdown(f"lightest − darkest = {high} − {low} = **{found}**")
    st.markdown(
        "**What to notice.** Stretched, the line “after the step”, the picture goes from 0 to 255 "
        "and every step between two levels is wider: the gaps in the histogram are levels that "
        "nothing has."
    )
    show_source(contrast)

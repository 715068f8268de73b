"""What is read, and by whom: the text and the models, kept in the address."""

import streamlit as st

from pages._ui.shared import address, models

MOST, KEPT = 5000, 2000  # characters that are read, and that an address can hold
NOBODY = "No other model"
TEXTS = {
    False: "My fellow Americans, the state of our union is strong. Last year the Congress of the "
    "United States passed a budget, and the people of this country went back to work. A purple "
    "giraffe then rode a bicycle through the Senate. May God bless America.",
    True: "marietta\nelizabeth\nxqzwy\nemma",
}
NAMES = {False: "reading-text", True: "reading-names"}  # of lists each line is an item


def who() -> tuple[models.Choice | None, models.Choice | None]:
    """The model, and the one beside it."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left, st.spinner("Waking the models …"):
        choices = models.that_read()
        if not choices:
            return None, None
        shown = models.labels(choices)
        one = models.pick(choices, shown, key="reading-model")
    beside = right.selectbox(
        "Beside it",
        [NOBODY, *shown],
        key="reading-beside",
        bind="query-params",
        help="A second model reads the same text, and the two are compared token by token.",
    )
    other = None if beside == NOBODY else choices[shown.index(beside)]
    return one, None if other == one else other


def what(items: bool) -> str:
    """The text, of which as much is read as fits."""
    name = NAMES[items]
    last = f"{name}-last"  # also when one comes back from another screen
    if address.brought(name) or name not in st.session_state:
        given = address.get(name)
        kept = TEXTS[items] if address.brought(name) else st.session_state.get(last, TEXTS[items])
        st.session_state[name] = kept if given is None else given
    whole = st.text_area(
        "Names or other items, one in each line" if items else "Your text",
        key=name,
        height=122,
        help=f"Up to {MOST:,} characters are read.",
    )
    st.session_state[last] = whole
    address.keep(name, "" if whole == TEXTS[items] or len(whole) > KEPT else whole)
    if len(whole) > MOST:
        st.info(
            f"The first {MOST:,} of its {len(whole):,} characters are read. For a whole book "
            "`python -m lm_core evaluate` gives the same figures."
        )
    if len(whole) > KEPT:
        st.caption(f"Longer than {KEPT:,} characters: the address of this page does not hold it.")
    return whole[:MOST]

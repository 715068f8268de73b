"""Tokenizers: what a token is. One text under each of them, and how they came to cut it so."""

import streamlit as st

from pages._ui.shared import front_door
from pages._ui.shared.corpus_choice import TEXTS, load_choice, pick_corpus
from pages._ui.shared.show import show_source
from pages._ui.tokenizers import beside, effect, learned, letters, merges, sizes

FIRST = "Our unhappiest citizens deserve more than naïve promises 👋"
SHOWN = ("char", "bpe", learned.GPT2)  # at first sight
EFFECT = "Effect on the loss"
LOOKS = ("The others", "Where they disagree", "Merges", "Vocabulary size", "Bytes", EFFECT)

front_door.enter()
st.title("Tokenizers")
st.write(
    "A model reads no letters: its text is first cut into tokens, and each token is a number, its "
    "id. Where the cuts are decides how long a text is for the model, how large the model is, and "
    "what it can read at all."
)
left, middle, right = st.columns([4, 3, 2], gap="medium", vertical_alignment="bottom")
text = left.text_input(
    "Your text",
    FIRST,
    max_chars=learned.LONGEST,
    key="tokenizers-own",
    bind="query-params",
)
below = st.container()
with middle:
    choice = pick_corpus(
        key="tokenizers-text", label="Learned from", default="speeches", kinds=TEXTS, below=below
    )
size = right.select_slider(
    "Vocabulary (tokens)",
    learned.SIZES,
    2048,
    key="tokenizers-size",
    bind="query-params",
    help="Of byte pairs, WordPiece and Unigram; a short text may have less to offer. Characters "
    "and words take what the text has, and GPT-2 has 50,257.",
)
if not choice.ready:
    st.stop()
if not text:
    st.info("Give a text, and see it in tokens.")
    st.stop()


def page() -> None:
    """Under the choices."""
    from lm_core.tokenizers.cuts import cut
    from lm_core.tokenizers.gpt2 import gpt2

    places = beside.columns(SHOWN)
    made = {learned.GPT2: gpt2()}  # has learned already, and is seen while the text is read
    cuts = {learned.GPT2: cut(gpt2(), text)}
    beside.fill(places[learned.GPT2], learned.GPT2, cuts[learned.GPT2])
    corpus = load_choice(choice)
    kinds = [kind for kind in learned.names() if kind != learned.GPT2]
    others = [kind for kind in kinds if kind not in SHOWN]
    for some in ([kind for kind in kinds if kind in SHOWN], others):
        made = learned.made(corpus, some, size) | made
        cuts = {kind: cut(made[kind], text) for kind in made} | cuts
        for kind in some:
            if kind in places:
                beside.fill(places[kind], kind, cuts.get(kind))
    made = {kind: made[kind] for kind in learned.names() if kind in made}
    cuts = {kind: cuts[kind] for kind in made}
    beside.figures(text, made, cuts)
    read = sum(map(len, learned.texts(corpus)))
    st.caption(
        f"Learned from {read:,} characters of the training part. Characters per token count a "
        "character that is unknown as well. A capital that is read as a small letter does not come "
        "back; nor does what is unknown."
    )
    look = st.segmented_control(
        "Look closer",
        LOOKS,
        default=LOOKS[0],
        required=True,
        key="tokenizers-look",
        bind="query-params",
    )
    if look == "The others":
        for kind, place in beside.columns(others).items():
            beside.fill(place, kind, cuts.get(kind))
    elif look == "Where they disagree":
        beside.apart(text, cuts, made)
    elif look == "Merges":
        merges.show(corpus, size)
    elif look == "Vocabulary size":
        sizes.show(corpus, text, size)
    elif look == "Bytes":
        letters.show(made)
    elif look == EFFECT:
        effect.show()
    show_source(type(made["bpe"]))


page()

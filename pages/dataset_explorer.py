"""Dataset explorer: what texts, pairs and labelled texts are made of, before any model reads
them."""

import streamlit as st

from pages._ui.explorer import labelled, pairs, text
from pages._ui.shared import front_door
from pages._ui.shared.corpus_choice import load_choice, pick_corpus
from pages._ui.shared.own_kinds import KINDS
from pages._ui.shared.show import show_source

front_door.enter()
st.title("Dataset explorer")
st.write("A model knows nothing but the text it has read. So look at the text first.")

top, numbers = st.columns([4, 7], gap="medium")
missing = st.container()
with top:
    choice = pick_corpus(key="explorer-text", kinds=tuple(KINDS), below=missing)
if not choice.ready:
    st.stop()
corpus = load_choice(choice)
screens = {"pairs": pairs.show, "classes": labelled.show, "values": labelled.show}
if choice.kind in screens:
    show_source(screens[choice.kind](corpus, numbers))
else:
    show_source(text.show(corpus, numbers, choice))

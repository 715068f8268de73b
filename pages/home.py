"""Home: a model completes a sentence, and three ways further in."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import class_address, front_door, models, session
from pages._ui.shared.alone import alone
from pages._ui.shared.everywhere import tall
from pages._ui.shared.plain import plain
from pages._ui.write import writing, written

if TYPE_CHECKING:
    from lm_core.generation import SamplerSettings

DRAFT = "home-draft"
OPENING_TOKENS, MORE_TOKENS = 12, 50
PLACES, PICTURE = 8, 326  # bars, and pixels for them
OPENING_SEED = 16  # its first sentence with the model that ships reads well
TICK = 0.35  # seconds between two looks at the text while it writes itself
PROMPT = "My fellow Americans, the state of the"

# Title, words, button, screen, and what the screen finds in the address.
CARDS = (
    (
        "Watch one learn",
        "Sixty seconds from gibberish to names, or any text you choose.",
        "Train a model",
        "pages/train.py",
        {"text": "names"},
    ),
    (
        "See what it looks at",
        "Which words it looks back at, head by head.",
        "Open attention",
        "pages/attention.py",
        {},
    ),
    (
        "Who learns best?",
        "From counting pairs to a GPT, every family under one budget.",
        "See the race",
        "pages/compare.py",
        {"text": "names"},
    ),
)


def shipped_model() -> models.Choice | None:
    """The best model of running text that ships, else any that ships."""
    choices = [choice for choice in models.shipped() if choice.of_text]
    return next((c for c in choices if not c.items), choices[0] if choices else None)


def beginning() -> str:
    """A prompt that the shipped model can read, found without loading anything."""
    return PROMPT if any(models.SHIPPED.glob("speeches-*/meta.json")) else "ma"


def stage() -> None:
    """The sentence and the bars beside it."""
    opening = DRAFT not in st.session_state
    moving = opening or not writing.at_rest(DRAFT)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        prompt = st.text_input(
            "Begin a sentence", beginning(), key="home-text", max_chars=1000, bind="query-params"
        )
        sentence = st.container(height=118, border=False, autoscroll=True)
        if opening:  # something to read while it loads; st.empty would blink at every tick
            sentence = sentence.empty()
            sentence.html(written.running_text(prompt, []))
        with st.container(horizontal=True):
            one = st.button(
                "Next token",
                type="primary",
                key="home-next",
                help="A token is what the model writes at once: a word or a piece of one.",
            )
            again = st.button("Start over", key="home-again")
            stop = moving and st.button("Stop", key="home-stop")
            more = not moving and st.button(f"Write {MORE_TOKENS} more", key="home-more")
        temperature = st.slider(
            "Temperature: cautious to adventurous",
            0.0,
            2.0,
            0.8,
            0.05,
            key="home-temperature",
            bind="query-params",
            help="The model's scores are divided by it: low makes the likely likelier.",
        )
    with right.container(border=True, height="stretch"):
        picture = st.container(height=tall(PICTURE), border=False)
    about = st.container(key="home-about")
    with picture, session.mending(), st.spinner("Waking the model …"):
        st.session_state.setdefault(DRAFT, None)  # where loading fails, the clock stops
        choice = shipped_model()
        if choice is None:
            st.info("No model ships with this copy of the lab: train one on the Train screen.")
        else:
            draft = current(choice, prompt, again=again)
            if opening:
                draft.left, draft.pace = OPENING_TOKENS, 1
            if more:
                draft.left, draft.pace = MORE_TOKENS, 3
            if one or stop:
                draft.left = 0
            draft.write(1 if one else min(draft.left, draft.pace), sampler(temperature))
            sentence.html(written.running_text(prompt, draft.pieces))
            writing.show_bars(draft, sampler(temperature), key="home-bars", places=PLACES)
            about.caption(plain(models.describe(choice)), help=models.WORDS)
    if moving == writing.at_rest(DRAFT):
        st.rerun()  # the fragment's clock starts and stops with the whole page


def current(choice: models.Choice, prompt: str, *, again: bool) -> writing.Draft:
    """The draft on the screen; `again` begins another one, with the next seed."""
    seed = st.session_state.setdefault("home-seed", OPENING_SEED)
    if again:
        seed = st.session_state["home-seed"] = seed + 1
    return writing.kept(DRAFT, choice, prompt, seed)[0]


def sampler(temperature: float) -> "SamplerSettings":
    """How the next token is chosen; imports torch."""
    from lm_core.generation import SamplerSettings

    return SamplerSettings(temperature=temperature)


def ways_in() -> None:
    """Three cards with a ready preset behind each."""
    st.header("Three ways in")
    for column, (title, words, label, page, preset) in zip(st.columns(3), CARDS, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"### {title}\n{words}")
            if st.button(label, width="stretch", key=f"home-to-{page}"):
                st.switch_page(page, query_params=preset)


front_door.enter()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Language Model Lab", width="stretch")
    class_address.for_projector()
st.write("A language model does one thing: it guesses what comes next. Type, and watch one guess.")
shown = st.container(key="home-stage", gap=None)
shown.html("<span></span>")  # one with nothing in it would take no room
ways_in()
runs_on = st.container(horizontal=True, vertical_alignment="center")
with shown:
    still = DRAFT in st.session_state and writing.at_rest(DRAFT)
    alone(stage, run_every=None if still else TICK)()
with runs_on:
    from lm_core.device import choose_device

    device = choose_device()
    st.caption(f"Training here runs on {device}: {plain(device.reason)}", width="content")
    st.page_link(
        "pages/dataset_explorer.py", label="Texts and licences", query_params={"text": "speeches"}
    )

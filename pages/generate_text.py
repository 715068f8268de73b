"""Generate text: a prompt goes on, token by token, and one sees what else was possible."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import front_door, models, session
from pages._ui.shared.alone import alone
from pages._ui.shared.everywhere import tall
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_source
from pages._ui.shared.switch import switch
from pages._ui.shared.token_text import token_text
from pages._ui.write import (
    branches,
    controls,
    likeliest,
    novel,
    opened,
    picked,
    prompted,
    samples,
    why,
    writing,
    written,
)

if TYPE_CHECKING:
    from lm_core.generation import SamplerSettings

DRAFT = "generate_text-draft"
FIRST = 40  # tokens written at the opening, and by each other model
TICK, PACE = 0.35, 5  # seconds between two looks, and tokens in between
PICTURE = 326  # pixels
FURTHER = {
    "prompt": "The prompt, scored",
    "branches": "By hand, and branches",
    "samples": "Several samples",
    "beams": "Beam search",
    "new": "What is new",
}
PROMPT = "My fellow Americans, the state of the"


def choose() -> tuple[models.Choice | None, str, int]:
    """Model, prompt, seed."""
    line = st.columns([5, 5, 2], vertical_alignment="bottom")
    prompt = line[1].text_input(
        "Prompt",
        PROMPT,
        key="generate_text-prompt",
        max_chars=20_000,
        bind="query-params",
        help="What the model reads before it writes. Empty: it begins by itself.",
    )
    seed = line[2].number_input(
        "Seed",
        0,
        2**31 - 1,
        0,
        key="generate_text-seed",
        bind="query-params",
        help="The same seed, prompt and settings give the same text.",
    )
    with line[0], st.spinner("Waking the models …"):
        choices = models.of_text()
        shown = models.labels(choices)
        choice = models.pick(choices, shown, key="generate_text-model") if choices else None
    return choice, prompt, int(seed)


def stage(choice: models.Choice, prompt: str, seed: int) -> None:
    """The text, the bars beside it, and what moves them."""
    if st.session_state.get(samples.SEED, seed) != seed:
        st.rerun()  # a sample is gone on with: its seed stands above, where only the page draws
    moving = not writing.at_rest(DRAFT)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        text = st.container(height=PICTURE - 56, border=False, autoscroll=True)
        with st.container(horizontal=True):
            stop = moving and st.button("Stop", type="primary", key="generate_text-stop")
            write = not moving and st.button("Write", type="primary", key="generate_text-write")
            step = st.button("Step", key="generate_text-step", help="One token more.")
            back = st.button("Back", key="generate_text-back", help="Take back the last token.")
            clear = st.button("Start over", key="generate_text-clear", help="Back to the prompt.")
            save = st.container(width="content")
    with right.container(border=True, height="stretch"):
        picture = st.container(height=tall(PICTURE), border=False)
    how = controls.controls()
    sampler = how.sampler
    with text, session.mending(), st.spinner("Waking the model …"):
        another = st.session_state.get(DRAFT) is not None
        draft, fresh = writing.kept(DRAFT, choice, prompt, seed)
        if back:
            branches.ask("back", max(0, len(draft.pieces) - 1))
        changed = branches.fulfil(draft, how)
        if write or step or clear or changed or (fresh and another):
            picked.leave()
        if clear:
            draft = st.session_state[DRAFT] = writing.begin(choice, prompt, seed)
        elif fresh:
            draft.write(min(FIRST, how.length), sampler, how.stop)
        if write:
            draft.left, draft.pace = how.length, PACE
        pressed = st.session_state.pop(picked.PRESSED, False)
        if stop or step or pressed:
            draft.left = 0
        draft.write(1 if step else min(draft.left, draft.pace), sampler, how.stop)
        token_text(
            draft.prompt,
            draft.pieces,
            draft.writer.probabilities,
            picked=picked.place(draft),
            key="generate_text-tokens",
            on_press=picked.press,
        )
        save.download_button(
            "Download",
            draft.text.encode("utf-8", "replace"),
            file_name="generated.txt",
            mime="text/plain",
            key="generate_text-download",
            on_click="ignore",
        )
    draft = st.session_state.get(DRAFT)
    if draft is not None:
        at = picked.place(draft)
        with picture:
            if at is None:
                writing.show_bars(draft, sampler, key="generate_text-bars")
            else:
                picked.show_bars(draft, at)
        notes(choice, draft)
        why.panel(choice, draft, at)
        further(choice, draft, at, how)
        beside(choice, prompt, seed, sampler)
        arithmetic(draft, sampler)
    if moving == writing.at_rest(DRAFT):
        st.rerun()  # the fragment's clock starts and stops with the whole page


def further(
    choice: models.Choice, draft: writing.Draft, at: int | None, how: controls.Controls
) -> None:
    """What else there is to see and to do; while it writes, only the prompt, which stands still."""
    _, prompt, seed = draft.begun
    look = switch("Look further", FURTHER, key="generate_text-look")
    with st.container(border=True), session.mending():
        if look == "prompt":
            prompted.panel(choice, prompt)
        elif draft.left:
            st.caption("It is writing: this follows when it has stopped.")
        elif look == "branches":
            branches.panel(draft, at, how)
        elif look == "samples":
            samples.panel(choice, prompt, seed, how)
        elif look == "beams":
            likeliest.panel(choice, prompt)
        else:
            novel.panel(choice, draft)


def notes(choice: models.Choice, draft: writing.Draft) -> None:
    """What the colours mean, which model writes, and what it cannot see or read."""
    with st.container(key="generate_text-notes", gap="xsmall"):
        st.caption(
            "Green: it found the token likely. Orange, underlined: a surprise. Press a token for "
            f"what else was possible there, and why. {plain(models.describe(choice))}",
            help=models.WORDS,
        )
        if sentence := written.sees(draft):  # said while it writes
            st.caption(sentence)
    if sentence := written.unknown(draft):
        st.info(sentence)


def arithmetic(draft: writing.Draft, sampler: "SamplerSettings") -> None:
    """From the model's scores to the probabilities that are drawn from."""
    with st.expander("The arithmetic of the next token"):
        st.write(
            "The model gives every token a score. Divide it by the temperature T, raise e to it, "
            "and divide by the sum over all tokens: that is its share. Top-k, top-p, min-p and "
            "typical then rule tokens out, and the rest is scaled up to 100 %. A repetition "
            "penalty changes scores before all that."
        )
        st.latex(r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}")
        table = written.arithmetic_table(draft, sampler)
        st.dataframe(table, hide_index=True, key="generate_text-arithmetic")


def beside(choice: models.Choice, prompt: str, seed: int, sampler: "SamplerSettings") -> None:
    """Prompt and seed under every other model of running text that ships."""
    if not st.toggle(
        "Other models beside",
        key="generate_text-beside",
        bind="query-params",
        help="Every other model that ships goes on from the same prompt, with the same seed.",
    ):
        return
    others = [c for c in models.shipped() if c.writes and not c.items and c.folder != choice.folder]
    if not others:
        st.info("No other model of running text ships with this copy of the lab.")
        return
    for column, other in zip(st.columns(len(others)), others, strict=True):
        with column.container(border=True, height="stretch"), session.mending():
            st.markdown(f"## {plain(other.label)}")
            st.html(written.at_once(other, prompt, seed, sampler, FIRST))
            st.caption(plain(models.describe(other)))


front_door.enter()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Generate text", width="stretch")
    opened.open_file()
st.write(
    "It lists what could come next, draws one, and reads on as if you had written it: that is all "
    "there is to writing."
)
choice, prompt, seed = choose()
if choice is None:
    st.info("No model of running text is here yet: train one on the Train screen, then come back.")
    st.stop()
clock = None if writing.at_rest(DRAFT) else TICK
alone(stage, run_every=clock)(choice, prompt, seed)


def code() -> None:
    """What chooses a token, and what reads and writes one after the other."""
    from lm_core.generation import samplers, writer

    show_source(samplers, "The code: how a token is chosen")
    show_source(writer.Writer, "The code: one token after the other")


code()

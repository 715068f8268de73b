"""Fill the gap: a sentence with gaps, and what a model that sees both sides would write there."""

from dataclasses import dataclass

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

SENTENCES = {False: "The state of the _ is strong.", True: "em_a"}
MOST, SHOWN, SAMPLES = 400, 6, 4  # characters, gaps with bars, ways to fill them


@dataclass(frozen=True)
class Filled:
    """For each gap its likeliest tokens with their probabilities, all gaps hidden at once; then the
    text with the surest gap filled first, each time with what is likeliest; then drawn ones."""

    tokens: list[list[str]]
    shares: list[list[float]]
    best: str
    drawn: list[str]
    unknown: str | None = None  # how `<unk>` is written, where the tokenizer has one


def panel(choice: models.Choice) -> None:
    """Of a model that sees both sides; another one cannot."""
    from lm_core.charts.bars import next_token_bars

    st.markdown("## Fill the gap")
    st.write(
        "It sees both sides of a place, so it can say what stands where nothing does. Each _ is "
        "one token."
    )
    text = st.text_input(
        "A sentence with gaps",
        SENTENCES[choice.items],
        max_chars=MOST,
        key=f"reading-gaps-{'names' if choice.items else 'text'}",
        bind="query-params",
    )
    found = filled(choice, text)
    st.markdown(f"Filled with what is likeliest, the surest gap first: **{plain(found.best)}**")
    others = [one for one in dict.fromkeys(found.drawn) if one != found.best]
    if others:
        st.caption(f"Drawn by its probabilities instead: {plain(' · '.join(others))}")
    if any(found.unknown in tokens for tokens in found.tokens):
        st.caption(
            f"{plain(str(found.unknown))} is every word that it never learned, all in one: it has "
            "a bar, and fills no gap."
        )
    columns = st.columns(2)
    for k, (tokens, shares) in enumerate(
        zip(found.tokens[:SHOWN], found.shares[:SHOWN], strict=True)
    ):
        with columns[k % 2]:
            name = f"gap {k + 1}"
            chart = next_token_bars(
                tokens, shares, title=f"What it expects in {name}", what=f"token in {name}"
            )
            show_chart(chart, key=f"reading-gap-{k}")
    if len(found.tokens) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(found.tokens)} gaps have their bars here.")


def filled(choice: models.Choice, text: str) -> Filled:
    """Remembered for as long as the model is what it is.

    Raises:
        BadText: there is no gap, or a character that the model never saw.
        BadSettings, ContextTooLong: it cannot fill this text.
    """
    return _filled(str(choice.folder), models.stamp(choice), text, choice)


@st.cache_data(max_entries=24, show_spinner="The model reads …")
def _filled(folder: str, stamp: float, text: str, _choice: models.Choice) -> Filled:
    from lm_core.evaluation.reading import TOP
    from lm_core.generation import SamplerSettings
    from lm_core.generation.filling import GAP, fill_text, guesses, with_gaps

    saved = models.load(_choice)
    model, tokenizer, items = saved.model, saved.tokenizer, _choice.items
    words = [tokenizer.decode([id]) for id in range(tokenizer.vocab_size)]
    if any(len(word) > 1 and word.startswith(" ") for word in words):
        text = text.replace(f" {GAP}", GAP)  # its tokens bring the blank before a word themselves
    ids, places = with_gaps(tokenizer, text, items=items)
    best = guesses(model, ids, places).topk(min(TOP, model.vocab_size))
    greedy = SamplerSettings(temperature=0.0)
    (likeliest,) = fill_text(model, tokenizer, text, sampler=greedy, items=items)
    drawn = fill_text(model, tokenizer, text, samples=SAMPLES, items=items)
    tokens = [[tokenizer.token_text(id) for id in row] for row in best.indices.tolist()]
    unknown = None if tokenizer.unknown_id is None else tokenizer.token_text(tokenizer.unknown_id)
    return Filled(tokens, best.values.tolist(), likeliest, drawn, unknown)

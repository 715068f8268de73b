"""One text under several translators, and scored by what somebody says is right."""

import time
from dataclasses import dataclass

import streamlit as st

from lm_core.charts import words
from lm_core.errors import LabError
from pages._ui.shared import models
from pages._ui.shared.plain import plain, safe
from pages._ui.shared.tables import show_table
from pages._ui.translate import drafts, rungs

MOST = 8  # models side by side, and as many in the address
RIGHT = {rungs.SENTENCES[0]: "deux cent soixante et onze mille neuf cent quatre-vingt-quatorze"}
PICKED, REFERENCE = "translate-models", "translate-reference"


@dataclass(frozen=True)
class Answer:
    """What one model made of a text."""

    text: str
    tokens: int
    seconds: float
    trouble: str = ""  # why there is none, in one sentence


def panel(choice: models.Choice, every: list[models.Choice], text: str) -> None:
    """Models to choose, what is right, and the answers with their figures."""
    st.header("Several models, one sentence")
    shown = models.labels(every)
    kin = rungs.kin(choice, every)
    usual = [label for label, one in zip(shown, every, strict=True) if one in kin]
    if not set(st.session_state.get(PICKED, ())) <= set(shown):
        del st.session_state[PICKED]  # of the list before
    left, right = st.columns(2, vertical_alignment="bottom")
    picked = left.multiselect(
        "Models",
        shown,
        usual[:MOST],
        max_selections=MOST,
        key=PICKED,
        bind="query-params",
        help="Each translates the sentence above, the likeliest token each time.",
    )
    reference = right.text_input(
        "Score your own reference: what is right?",
        rungs.offer(RIGHT.get(text, ""), REFERENCE),
        max_chars=5000,
        key=REFERENCE,
        bind="query-params",
        help="Type the right translation: each answer is compared with it.",
    )
    by_label = dict(zip(shown, every, strict=True))
    chosen = rungs.in_order([by_label[label] for label in picked])
    if not chosen:
        st.info("Choose one or more models to compare.")
        return
    answers = [answer(one, text) for one in chosen]
    _cards(chosen, answers, reference)
    _figures(chosen, answers, reference)


def answer(choice: models.Choice, text: str) -> Answer:
    """What a model writes by itself; remembered, and so is what keeps it from writing."""
    return _answer(str(choice.folder), models.stamp(choice), text, choice)


@st.cache_data(max_entries=128, show_spinner="Translating …")
def _answer(folder: str, stamp: float, text: str, _choice: models.Choice) -> Answer:
    from lm_core.generation.translating import translate

    try:
        checkpoint = models.load(_choice)
        ids = drafts.ids_of(checkpoint, text)
        target = checkpoint.codec.target
        how = {"boundary_id": target.boundary_id, "max_tokens": drafts.room(checkpoint)}
        began = time.perf_counter()
        (found,) = translate(checkpoint.model, [ids], **how)
        seconds = time.perf_counter() - began
    except LabError as error:
        return Answer("", 0, 0.0, str(error))
    return Answer(target.decode(found.ids), len(found.ids), seconds)


def _cards(chosen: list[models.Choice], answers: list[Answer], reference: str) -> None:
    """A card a model: what it has or has not, what it wrote."""
    for first in range(0, len(chosen), 3):
        row = slice(first, first + 3)
        columns = st.columns(3)
        for column, one, said in zip(columns, chosen[row], answers[row], strict=False):
            with column.container(border=True, height="stretch", gap="xsmall"):
                st.markdown(f"**{plain(one.label)}**")
                if said.trouble:
                    st.caption(plain(said.trouble))
                    continue
                st.html(
                    f'<div style="overflow-wrap:anywhere">{safe(said.text) or "(nothing)"}</div>'
                )
                mark = ""
                if reference.strip():
                    mark = (
                        "✓ as you say · " if _same(said.text, reference) else "✗ not as you say · "
                    )
                size = words.human(one.card.get("parameters", 0))
                st.caption(f"{mark}{size} parameters · {1000 * said.seconds:.0f} ms")


def _figures(chosen: list[models.Choice], answers: list[Answer], reference: str) -> None:
    """A row a model, with its scores where it is said what is right."""
    import pandas as pd

    from lm_core.evaluation.translation import scores, sentence_bleu

    rows, signatures, possible = [], "", True
    for one, said in zip(chosen, answers, strict=True):
        row: dict[str, object] = {"model": one.label}
        if reference.strip() and not said.trouble:
            told = scores([said.text], [reference])
            bleu = sentence_bleu(said.text, reference)
            possible, signatures = told.bleu_possible, f"{bleu.signature}; {told.chrf_signature}"
            if possible:
                row["BLEU (0 to 100)"] = round(bleu.score, 1)
            row["chrF (0 to 100)"] = round(told.chrf, 1)
            row["right to the letter"] = "yes" if told.exact_match else "no"
        row["time (ms)"] = round(1000 * said.seconds, 1)
        row["parameters"] = one.card.get("parameters", 0)
        row |= {"tokens": said.tokens, "writes": said.trouble or said.text}
        rows.append(row)
    if signatures and not possible:
        st.info(
            "BLEU counts runs of four words, and this reference has fewer: there is none. chrF, "
            "which counts runs of letters, and whether it is right to the letter stand below."
        )
    show_table(pd.DataFrame(rows), key="translate-beside", widths={"model": 190})
    if signatures:
        st.caption(
            f"By sacrebleu: {plain(signatures)}. Of one sentence each: a figure for a paper is "
            "counted over a whole test set."
        )


def _same(one: str, other: str) -> bool:
    return one.split() == other.split()

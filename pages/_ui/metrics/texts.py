"""Translations and summaries: an answer and its references under every metric, and BLEU step by
step."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.visible import visible
from pages._ui.metrics.examples import EXAMPLES, OWN, Example
from pages._ui.metrics.scored import scored
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.evaluation.bleu_steps import BleuSteps
    from lm_core.evaluation.side_by_side import SideBySide

LONGEST = 1000  # characters of a text
CHOSEN = "metrics-example"
FIELDS = ("said", "real", "other")
COUNTS = {
    "BLEU": "runs of 1 to 4 tokens of the answer that a reference holds; too short pays",
    "chrF": "runs of 1 to 6 characters",
    "ROUGE-1": "single words",
    "ROUGE-2": "pairs of neighbours",
    "ROUGE-L": "the longest run of words in the same order, gaps allowed",
    "ROUGE-Lsum": "the same line by line",
    "METEOR": "words, stems and given synonyms, one to one; fewer pieces are better",
    "exact match": "right to the letter",
}

NOTICED = (
    "**What to notice.** All are about the same sentences, and they say different things. BLEU "
    "asks for runs of four tokens and falls fastest where words are replaced; chrF forgives an "
    "ending; ROUGE-1 knows no order, ROUGE-2 and ROUGE-L do; METEOR knows stems, and synonyms that "
    "it is given. None is good or bad by itself: it is compared with the same metric of another "
    "answer."
)


def show() -> None:
    """The part of the screen."""
    from lm_core.evaluation.bleu_steps import bleu_steps

    st.write(
        "A sentence can be translated in many good ways, and a text summed up in many. Metrics "
        "compare what was answered with one or more references that people wrote, and count what "
        "both hold."
    )
    asked = _asked()
    references = tuple(text for text in (asked.reference, asked.other) if text.strip())
    smoothing = "exp" if asked.smoothed else "none"
    found = scored(asked.answer, references, asked.lower_case, smoothing, asked.synonyms)
    _all(found, asked)
    st.header("BLEU step by step")
    how = {"lower_case": asked.lower_case, "smoothing": smoothing}
    _steps(bleu_steps(asked.answer, *references, **how), found)
    show_source(bleu_steps)


def _asked() -> Example:
    """What is to be judged: one of those offered, or the visitor's own."""
    name = st.selectbox("Example", [*EXAMPLES, OWN], key=CHOSEN, bind="query-params")
    if name == OWN:
        return _own()
    asked = EXAMPLES[name]
    texts = (asked.answer, asked.reference, asked.other)
    shown = zip(("Answer", "Reference", "Another reference"), texts, strict=True)
    for column, (label, text) in zip(st.columns(2 + bool(asked.other)), shown, strict=False):
        with column, st.container(border=True, height="stretch"):
            lines = "  \n".join(plain(line) for line in text.split("\n"))
            st.markdown(f"**{label}**  \n{lines}")
    notes = ["capitals do not count"] * asked.lower_case
    notes += [] if asked.smoothed else ["a share of 0 in BLEU stays 0"]
    notes += [f"to METEOR, {asked.synonyms}"] if asked.synonyms else []
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.caption(f"Set here: {'; '.join(notes)}." if notes else "Capitals count.")
    with right:
        st.button("Change these", on_click=_change, args=(asked,), key="metrics-change")
    return asked


def _change(asked: Example) -> None:
    st.session_state[CHOSEN] = OWN
    for field, text in zip(FIELDS, asked, strict=False):
        st.session_state[f"metrics-{field}"] = text
    st.session_state["metrics-synonyms"] = asked.synonyms
    st.session_state["metrics-lower"] = asked.lower_case
    st.session_state["metrics-smooth"] = asked.smoothed


def _own() -> Example:
    labels = ("Answer", "Reference", "Another reference (may stay empty)")
    first = ("The cat sat on a mat.", "The cat is sitting on the mat.", "")
    texts = [
        column.text_area(
            label,
            text,
            max_chars=LONGEST,
            height=110,
            key=f"metrics-{field}",
            bind="query-params",
        )
        for column, label, text, field in zip(st.columns(3), labels, first, FIELDS, strict=True)
    ]
    left, right = st.columns(2, vertical_alignment="bottom")
    synonyms = left.text_input(
        "Synonyms for METEOR",
        max_chars=300,
        placeholder="right = proper, big = large",
        key="metrics-synonyms",
        bind="query-params",
    )
    with right, st.container(horizontal=True):
        lower_case = st.toggle("Capitals do not count", key="metrics-lower", bind="query-params")
        smoothed = st.toggle(
            "Smooth BLEU",
            value=True,
            key="metrics-smooth",
            bind="query-params",
            help="A share of 0 becomes half of one run, the next a quarter, as is usual; else one "
            "of them makes the whole score 0.",
        )
    return Example(*texts, synonyms, lower_case, smoothed)


def _all(found: "SideBySide", asked: Example) -> None:
    import pandas as pd

    from lm_core.charts.scores import share_bars
    from lm_core.evaluation.summaries import WITHOUT_SYNONYMS

    shares = found.shares
    left, right = st.columns([2, 3], gap="medium")
    with left:
        said = [f"{value:.5f}" for value in shares.values()]
        chart = share_bars(
            list(shares), list(shares.values()), said, title="Every metric", x="score"
        )
        show_chart(chart, key="metrics-all")
    rouges = dict(
        zip(("ROUGE-1", "ROUGE-2", "ROUGE-L", "ROUGE-Lsum"), found.rouge.values(), strict=True)
    )
    rows = [
        {
            "metric": name,
            "what it counts": COUNTS[name],
            "score": value,
            "precision": rouges[name].precision if name in rouges else None,
            "recall": rouges[name].recall if name in rouges else None,
        }
        for name, value in shares.items()
    ]
    with right:
        st.markdown(NOTICED)
        st.caption(
            f"BLEU as it is usually written: {found.bleu.score:.4f} of 100, by sacrebleu, "
            f"{plain(found.bleu.signature)}. chrF: {found.chrf:.2f} of 100. ROUGE: the F1 of the "
            "precision and recall beside it."
        )
        if asked.synonyms:
            st.caption(
                f"METEOR with the synonyms given here ({plain(asked.synonyms)}); WordNet, which "
                "has more of them, is not part of this lab."
            )
        else:
            st.caption(WITHOUT_SYNONYMS)
        if not found.bleu.possible:
            st.caption("No reference has four tokens, so BLEU is 0 whatever was answered.")
    show_table(pd.DataFrame(rows), key="metrics-all-table", places=5)


def _steps(steps: "BleuSteps", found: "SideBySide") -> None:
    from lm_core.charts.scores import share_bars
    from lm_core.charts.words import percent

    st.latex(r"\text{BLEU} = \text{BP} \cdot (p_1 p_2 p_3 p_4)^{1/4}")
    st.latex(r"\text{BP} = \min(1, e^{1 - r/c})")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        names = [f"p{'₁₂₃₄'[order.n - 1]}" for order in steps.orders]
        said = [
            f"{order.right} of {order.of}" + (f", as {percent(order.precision)}" * order.smoothed)
            for order in steps.orders
        ]
        shares = [order.precision for order in steps.orders]
        chart = share_bars(names, shares, said, title="Runs that count", x="share of runs")
        show_chart(chart, key="metrics-runs")
    with right:
        n = st.segmented_control(
            "Runs of so many tokens",
            [1, 2, 3, 4],
            default=1,
            required=True,
            key="metrics-run",
            bind="query-params",
        )
        order = steps.orders[n - 1]
        show_table(
            _runs(order), key="metrics-run-table", height=260 if len(order.runs) > 6 else "auto"
        )
        st.markdown(
            f"A run counts at most as often as the one reference that holds it most often "
            f"(clipped): **{order.right} of {order.of}** count."
        )
    _score(steps)
    if abs(steps.score - found.bleu.score) < 1e-6:
        st.caption("Counted here token by token; sacrebleu gives the same number.")


def _runs(order: object) -> object:
    import pandas as pd

    rows = [
        {
            "run": " ".join(map(visible, run.tokens)),
            "in the answer": run.said,
            "at most in a reference": run.held,
            "counts": run.counts,
        }
        for run in order.runs
    ]
    columns = ["run", "in the answer", "at most in a reference", "counts"]
    return pd.DataFrame(rows, columns=columns)


def _score(steps: "BleuSteps") -> None:
    c, r = len(steps.tokens), steps.reference_length
    several = len(steps.reference_lengths) > 1
    chosen = f" (the closest of {', '.join(map(str, steps.reference_lengths))})" if several else ""
    penalty = f"e^(1 − {r}/{c}) = " if 0 < c < r else ""
    shares = " · ".join(f"{order.precision:.5f}" for order in steps.orders)
    st.markdown(
        f"The answer has c = {c} tokens, the reference r = {r}{chosen}.  \n"
        f"BP = {penalty}**{steps.brevity_penalty:.5f}**"
        f"{', as it is long enough' if c >= r else ''}  \n"
        f"(p₁ p₂ p₃ p₄)^(1/4) = ({shares})^(1/4) = **{steps.mean:.5f}**  \n"
        f"BLEU = {steps.brevity_penalty:.5f} × {steps.mean:.5f} = **{steps.score / 100:.6f}**"
    )
    worst = min(steps.orders, key=lambda order: order.precision)
    st.markdown(
        f"**What to notice.** The four shares are multiplied, so the smallest of them, of runs of "
        f"{worst.n}, decides. One of 0 makes all of it 0, which is why a share of 0 is smoothed; a "
        "BLEU without its rule for tokens and its smoothing says little."
    )

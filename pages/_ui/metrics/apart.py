"""Where metrics disagree, with each other and with a reader: a few answers under all of them."""

import streamlit as st

from pages._ui.metrics.examples import SETS
from pages._ui.metrics.scored import scored
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

NOTICED = {
    "One reference, many answers": "The negation says the opposite and scores among the highest of "
    "all, because it lacks one word; the paraphrase says the same and scores among the lowest, "
    "because it shares hardly any. Who counts single words (ROUGE-1) holds the shuffled sentence "
    "to be perfect; who counts runs of words (BLEU, ROUGE-2) does not. A metric of shared words "
    "compares systems that differ a little; it does not read.",
    "Three answers to the letter": "Exact match is the share of answers that are right to the "
    "letter. It is as strict to a question mark as to another meaning, so it is given together "
    "with a metric that is not, and only where the answer is short and can be said in one way.",
}


def show() -> None:
    """The part of the screen."""
    import pandas as pd

    from lm_core.charts.scores import score_map
    from lm_core.evaluation.side_by_side import side_by_side

    st.write(
        "All of these metrics compare words with words of a reference. A reader compares what is "
        "meant. Here is where that comes to the same, and where it does not."
    )
    which = st.segmented_control(
        "Answers",
        list(SETS),
        default=next(iter(SETS)),
        required=True,
        key="metrics-set",
        bind="query-params",
    )
    judged = SETS[which]
    references = {one.reference for one in judged}
    if len(references) == 1:
        st.markdown(f"**Reference**  \n{plain(*references)}")
    found = [scored(one.answer, (one.reference,)).shares for one in judged]
    scores = {name: [one[name] for one in found] for name in found[0]}
    dark = st.context.theme.type == "dark"
    show_chart(score_map([one.name for one in judged], scores, dark=dark), key="metrics-apart")
    rows = [
        {"answer": one.answer}
        | ({"reference": one.reference} if len(references) > 1 else {})
        | {"a reader says": one.reader}
        | shares
        for one, shares in zip(judged, found, strict=True)
    ]
    mean = {name: sum(values) / len(values) for name, values in scores.items()}
    rows.append({"answer": "mean of all", "a reader says": ""} | mean)
    show_table(pd.DataFrame(rows), key="metrics-judged", places=3)
    st.caption(
        "What a reader says is our own word for it; everything else is computed. METEOR is without "
        "synonyms here; BLEU and chrF are shown as shares of 1, and of ROUGE the F1."
    )
    st.markdown(f"**What to notice.** {NOTICED[which]}")
    show_source(side_by_side)

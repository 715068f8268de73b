"""What is asked before a race: the text, the budget, who races, and with how many seeds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.corpus_choice import CorpusChoice, pick_corpus

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lm_core.runs.race import Race

# Who races where nobody says otherwise: from counting pairs to a GPT.
USUAL = ("bigram", "neural-bigram", "ngram", "mlp", "rnn", "gru", "lstm", "transformer")
SEEDS = (1, 2, 3)
BUDGET = "compare-budget"
FAMILIES, SIZE = "compare-families", "compare-parameters"
WHY_SEEDS = (
    "Each seed begins with other random weights and reads in another order. One family is called "
    "better than another only where all of its seeds are better."
)


@dataclass(frozen=True)
class Asked:
    """What was chosen, where Start stands, and where it says what is wrong."""

    corpus: CorpusChoice
    families: list[str]
    budget: str
    seeds: int
    parameters: int | None
    button: "DeltaGenerator"
    words: "DeltaGenerator"


def choose() -> Asked:
    """The text, the budget, who races, how large, with how many seeds."""
    from lm_core.models import models
    from lm_core.runs.presets import BUDGETS
    from lm_core.runs.race import LEAST, MOST, racers

    line = st.columns([7, 6, 4, 4], vertical_alignment="bottom")
    words, card = st.container(), st.container()
    with line[0]:
        corpus = pick_corpus(key="compare-text", below=card)
    with line[1]:
        budget = st.segmented_control(
            "Budget of each run",
            list(BUDGETS),
            default="10 s",
            required=True,
            key=BUDGET,
            bind="query-params",
        )
    with line[2]:
        seeds = st.segmented_control(
            "Seeds",
            SEEDS,
            default=3,
            required=True,
            key="compare-seeds",
            bind="query-params",
            help=WHY_SEEDS,
        )
    names = racers(corpus.kind)
    families = st.pills(
        "Families",
        names,
        selection_mode="multi",
        default=[name for name in USUAL if name in names],
        format_func=lambda name: models[name].title,
        key=FAMILIES,
        bind="query-params",
    )
    size = st.number_input(
        "Parameters of each network",
        LEAST,
        MOST,
        None,
        placeholder="each its usual size",
        key=SIZE,
        width=260,
        bind="query-params",
        help="Those of its vocabulary left out. The width of each network is chosen so that it "
        "comes near; what counts, and a table of pairs, is as large as it is.",
    )
    return Asked(corpus, families, budget or "10 s", seeds or 3, size, line[3], words)


def race_of(asked: Asked) -> "Race":
    """Raises BadSettings: it cannot be run."""
    from lm_core.runs.presets import BUDGETS
    from lm_core.runs.race import Race
    from lm_core.training import Budget

    spent = Budget(seconds=BUDGETS[asked.budget])
    families = tuple(asked.families)
    return Race(asked.corpus.spec(), families, spent, asked.seeds, parameters=asked.parameters)


def means(race: "Race") -> str:
    """How long all of it would take from now."""
    from lm_core.charts.words import how_long
    from lm_core.figures import count
    from lm_core.runs.race import counts
    from pages._ui.shared import session

    learning = sum(race.seeds for name in race.models if not counts(name))
    seconds = learning * (race.budget.seconds or 0.0)
    runs = session.manager()
    done = max(runs.done_in(seconds / runs.slots), seconds / runs.slots)
    return (
        f"{count(race.runs, 'run')}: those that learn step by step take turns on this machine, and "
        f"all are done about {how_long(done)} from now. Counting is done at once."
    )

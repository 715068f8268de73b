"""Rare runs forgotten: how small the store becomes, and what it costs on new text."""

import streamlit as st

from pages._ui.counting import reading
from pages._ui.counting.reading import Read, Weighing
from pages._ui.shared.made_once import made_once
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

PRUNES = (0, 1, 2, 3, 5, 10, 20, 50)


def show(found: Read, order: int, weighing: Weighing, called: str) -> None:
    """Size against loss, for each number of times up to which a run is forgotten."""
    import pandas as pd

    from lm_core.charts.marked_lines import Line, Mark, marked_lines
    from lm_core.charts.words import bytes_size, count, human, nats, percent
    from lm_core.evaluation.surprise import perplexity

    prune = st.select_slider(
        "Forget runs that came at most so often",
        PRUNES,
        1,
        key="counting-prune",
        bind="query-params",
        help="Runs of three or more tokens; single ones and pairs stay.",
    )

    def make(progress: "object") -> list[reading.Tried]:
        losses = []
        for done, times in enumerate(PRUNES):
            losses.append(reading.tried(found, weighing, prune=times)[order - 1])
            progress(done + 1, len(PRUNES))
        return losses

    source = (found.how, order, weighing)
    tried = made_once("counting-pruned", source, make, "Forgetting, and scoring again")
    sizes = [reading.size(found.how, order, times, found) for times in PRUNES]
    at = PRUNES.index(prune)
    here, grams = tried[at], sizes[at][0]
    said = f"≤ {prune}: {human(grams)} runs, {nats(here.nats)}"
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart = marked_lines(
            [Line(called, [size[0] for size in sizes], [one.nats for one in tried])],
            title=f"Size against loss, order {order}",
            x="runs stored",
            y=f"nats per {found.token}",
            marks=[Mark(called, grams, said)],
            log=True,
        )
        show_chart(chart, key="counting-pruning")
    with right:
        rows = [
            {
                "up to": times,
                "runs": size[0],
                "memory": bytes_size(size[1]),
                "nats": one.nats,
                "perplexity": perplexity(one.nats),
            }
            for times, size, one in zip(PRUNES, sizes, tried, strict=True)
        ]
        show_table(pd.DataFrame(rows), key="counting-pruning-table", height="content", places=3)
    if order < 3:
        st.info("Only runs of three or more are forgotten: set the order to 3 or more.")
        return
    saved, cost = 1 - grams / sizes[0][0], here.nats - tried[0].nats
    once = percent(1 - sizes[1][0] / sizes[0][0])
    more = "higher" if cost > 0 else "lower"
    gone = (
        f"Without runs that came at most {count(prune, 'time')} the store is {percent(saved)} "
        f"smaller, and the loss {abs(cost):.4f} nats {more}. What is forgotten is not lost: its "
        "share falls to the shorter context."
        if prune
        else "Nothing is forgotten here: move the slider."
    )
    st.markdown(
        f"**What to notice.** {gone} {once} of all runs stored are of three or more and came once: "
        "each of them helps rarely, and the longer the runs, the more of them there are."
    )

"""In words: four words of context, an LSTM and a Transformer after equal text, and counting; a
study that ships."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from lm_core.charts.chart import Chart
    from lm_core.evaluation.standings import Standing
    from lm_core.evaluation.word_study import Row

STUDY = SHIPPED / "studies" / "words.csv"
UNIT = "nats per token"
TITLES = {
    "mlp": "5-gram network",
    "lstm": "LSTM",
    "transformer": "Transformer",
    "ngram": "5-gram that counts",
}


def panel() -> None:
    """The losses over the text read, test perplexities beside those of the course, and by length
    of sentence."""
    st.write(
        "Three networks of about equal size read the same speeches, in whole words: one sees the "
        "four words before, as a 5-gram does, an LSTM carries a memory along, a Transformer looks "
        "back. Beside them the 5-gram that only counts, and is done at once."
    )
    rows = studied(STUDY.stat().st_mtime_ns) if STUDY.is_file() else []
    if not rows:
        st.info("The study is not here: `make words` makes it.")
        return
    from lm_core.evaluation.word_study import ranked

    ranks = ranked(rows)
    show_chart(curves(rows), key="compare-words-curves")
    st.markdown(f"**What to notice:** {plain(noticed(ranks))}")
    show_table(table(ranks), key="compare-words", height="content")
    st.caption(
        "Perplexity depends on the text and on what counts as a word, so figures of the course, "
        "whose text it does not name, are of another scale: only their order can be compared."
    )
    show_chart(lengths(rows, ranks), key="compare-words-lengths")
    st.caption(plain(made(rows)))
    st.caption("Every run is a row of the file, with its command; all are made again by this:")
    st.code("make words", language=None)


@st.cache_data(max_entries=1, show_spinner=False)
def studied(stamp: int) -> "list[Row]":
    """The rows of the study; none where the file is none."""
    from lm_core.evaluation.word_study import read_words

    try:
        return read_words(STUDY)
    except (OSError, ValueError):
        return []


def curves(rows: "Sequence[Row]") -> "Chart":
    """Validation loss over the tokens read, a line a run, and what counting comes to across."""
    import pandas as pd

    from lm_core.charts.race import Runner, race_chart
    from lm_core.evaluation.word_study import COUNTS, curve

    runners, guesses = [], {}
    for row in rows:
        title = TITLES[row["family"]]
        if row["family"] in COUNTS:
            guesses[title] = float(row["validation_nats"])
            continue
        points = curve(row)
        each = float(row["tokens"]) / points[-1][0]  # tokens of a pass
        frame = pd.DataFrame([(mark * each, nats) for mark, nats in points], columns=["x", "y"])
        runners.append(Runner(row["family"], title, int(row["seed"]), frame))
    title = "Loss on validation text, in words"
    return race_chart(runners, unit=UNIT, axis="tokens", guesses=guesses, title=title)


def lengths(rows: "Sequence[Row]", ranks: "Sequence[Standing]") -> "Chart":
    """Test perplexity by the length of the sentence, a line a family."""
    from lm_core.charts.family_bins import Bins, family_bins
    from lm_core.evaluation.surprise import perplexity
    from lm_core.evaluation.word_study import by_length

    lines = []
    for row in ranks:
        names, nats, tokens = zip(*by_length(rows, row.model), strict=True)
        values = tuple(perplexity(one) for one in nats)
        labels = tuple(f"to {name}" if name != "more" else name for name in names)
        lines.append(Bins(TITLES[row.model], row.model, labels, values, tokens))
    return family_bins(
        lines,
        title="Test perplexity by length of sentence",
        of="tokens of the sentence",
        unit="perplexity per token",
    )


def noticed(ranks: "Sequence[Standing]") -> str:
    """Who is ahead on test text, and whether it is the order that the course reports."""
    from lm_core.evaluation.standings import ladder
    from lm_core.evaluation.surprise import perplexity
    from lm_core.evaluation.word_study import REPORTED, TEST

    rungs = [
        " and ".join(f"{TITLES[row.model]} ({perplexity(row.mean(TEST)):,.0f})" for row in rung)
        for rung in ladder(ranks, by=TEST)
    ]
    said = f"By test perplexity, the lowest first: {'; then '.join(rungs)}."
    ours = [row.model for row in ranks if row.model in REPORTED]
    theirs = sorted(ours, key=REPORTED.__getitem__)
    if ours == theirs:
        return f"{said} That is the order of the course: {_named(theirs)}."
    return f"{said} The course reports another order of the networks: {_named(theirs)}."


def _named(families: "Sequence[str]") -> str:
    from lm_core.evaluation.word_study import REPORTED

    return ", ".join(f"{TITLES[one]} ({REPORTED[one]:.0f})" for one in families)


def table(ranks: "Sequence[Standing]") -> "pd.DataFrame":
    """A row a family: means over its seeds, and what the course reports."""
    import pandas as pd

    from lm_core.evaluation.surprise import perplexity
    from lm_core.evaluation.word_study import REPORTED, TEST

    rows = []
    for row in ranks:
        low, high = row.spread(TEST)
        one = row.exact and len(row.results) == 1
        seeds = "one run is all there is" if one else f"{low:.3f} to {high:.3f}"
        rows.append(
            {
                "model": TITLES[row.model],
                "test perplexity": round(perplexity(row.mean(TEST)), 1),
                f"test, {UNIT}": round(row.mean(TEST), 3),
                "its seeds": seeds,
                "validation perplexity": round(perplexity(row.mean("validation_nats")), 1),
                "the course's test perplexity": REPORTED.get(row.model),
                "parameters": round(row.mean("parameters")),
                "tokens read": round(row.mean("tokens")),
                "processor, s": round(row.mean("cpu_seconds")),
            }
        )
    return pd.DataFrame(rows)


def made(rows: "Sequence[Row]") -> str:
    """Where and with what."""
    seeds = ", ".join(sorted({row["seed"] for row in rows}))
    (first, *_) = rows
    return (
        f"{len(rows)} runs, seeds {seeds}, each on {first['machine']}, "
        f"{first['versions']}. All of the test text is scored once, at the end, by the weights of "
        "the last step; points of the curves are of the beginning of the validation text. A "
        "sentence ends with a full stop, a question mark or an exclamation mark."
    )

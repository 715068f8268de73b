"""Its effect on the loss: one small model under several tokenizers after equal text, a study that
ships; and the same again, for real."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table
from pages._ui.tokenizers import again

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.charts.chart import Chart
    from lm_core.evaluation.standings import Standing
    from lm_core.evaluation.tokenizer_study import TokenizerStudy

STUDY = SHIPPED / "studies" / "tokenizers.json"
OVER = {"bytes": "Text read", "operations": "Operations"}
WHY = (
    "At equal text a model of characters takes several times as many steps as one of byte pairs; "
    "at equal operations it has read less."
)
TITLE, UNIT = "Loss on validation text, by tokenizer", "bits per byte"
WIDTHS = {"tokenizer": 150, "its seeds": 130}  # pixels


def show() -> None:
    """The curves, both measures beside each other, all figures, and Start."""
    found = studied(STUDY.stat().st_mtime_ns) if STUDY.is_file() else None
    if found is None:
        st.info("The study is not here: `make tokenizers` makes it.")
        return
    from lm_core.charts.loss_bars import loss_bars
    from lm_core.charts.words import bytes_size

    st.write(
        f"One small Transformer learned from {bytes_size(found.bytes)} of the speeches under each "
        "tokenizer. All else is the same: its layers, its width, a context of so many tokens. "
        "Bits per byte ask how much of the same text was a surprise, whatever it was cut into."
    )
    over = switch("Over", OVER, key="tokenizers-over", help=WHY)
    show_chart(curves(found, over), key=f"tokenizers-curves-{over}")
    st.markdown(f"**What to notice:** {plain(noticed(found))}")
    ranks = found.ranked()
    names = [row.model for row in ranks]
    labels = [found.title(name) for name in names]
    for place, (figure, title, unit) in zip(
        st.columns(2, gap="medium"),
        (
            ("bits_per_byte", "Bits per byte", UNIT),
            ("perplexity", "Perplexity, in the same order", "perplexity per token"),
        ),
        strict=True,
    ):
        with place:
            means = [row.mean(figure) for row in ranks]
            chart = loss_bars(names, labels, means, title=title, unit=unit)
            show_chart(chart, key=f"tokenizers-{figure}")
    st.markdown(f"**Why perplexity misleads here:** {plain(misled(found))}")
    show_table(table(found), key="tokenizers-effect", height="content", widths=WIDTHS)
    st.caption(plain(how(found)))
    with st.expander("The commands", key="tokenizers-commands", on_change="rerun") as panel:
        if panel.open:
            st.caption("All of it again, and each tokenizer with its first seed:")
            lines = [found.command, *(cut.command for cut in found.cuts)]
            st.code("\n".join(lines), language=None, wrap_lines=True)
    again.show(found)


@st.cache_data(max_entries=1, show_spinner=False)
def studied(stamp: int) -> "TokenizerStudy | None":
    """The study that ships; one that is damaged or empty is as good as absent."""
    from lm_core.errors import BadCheckpoint
    from lm_core.evaluation.tokenizer_study import read_study

    try:
        found = read_study(STUDY)
        return found if found.results else None
    except BadCheckpoint:
        return None


def curves(study: "TokenizerStudy", over: str) -> "Chart":
    """A line a run, of those whose bits per byte are not withheld."""
    import numpy as np
    import pandas as pd

    from lm_core.charts.race import Runner, race_chart

    runners = []
    for one in study.results:
        per_byte = one.figure("curve_tokens_per_byte")
        if per_byte is None:
            continue
        each = one.figure("bytes_per_token" if over == "bytes" else "operations_per_token")
        points = pd.DataFrame(one.curve, columns=["step", "tokens", "seconds", "nats"])
        rows = pd.DataFrame(
            {"x": points["tokens"] * each, "y": points["nats"] * per_byte / np.log(2)}
        )
        runners.append(Runner(one.model, study.title(one.model), one.seed, rows))
    return race_chart(runners, unit=UNIT, axis=over, title=TITLE)


def at_equal_operations(study: "TokenizerStudy") -> "tuple[float, dict[str, float]]":
    """The most operations that all with bits per byte have spent, and the mean of each there, read
    off its curves."""
    import numpy as np

    lines: dict[str, list[tuple[list[float], list[float]]]] = {}
    for one in study.results:
        per_byte = one.figure("curve_tokens_per_byte")
        if per_byte is not None and one.curve:
            each = one.figure("operations_per_token")
            x = [point.tokens * each for point in one.curve]
            y = [point.nats * per_byte / np.log(2) for point in one.curve]
            lines.setdefault(one.model, []).append((x, y))
    spent = min((x[-1] for some in lines.values() for x, _ in some), default=0.0)
    means = {
        name: float(np.mean([np.interp(spent, x, y) for x, y in some]))
        for name, some in lines.items()
    }
    return spent, dict(sorted(means.items(), key=lambda pair: pair[1]))


def _rungs(study: "TokenizerStudy", rungs: "list[list[Standing]]") -> str:
    said = []
    for rung in rungs:
        *others, last = [
            f"{study.title(row.model)} ({row.mean('bits_per_byte'):.3f})" for row in rung
        ]
        said.append(f"{', '.join(others)} and {last}" if others else last)
    return "; then ".join(said)


def noticed(study: "TokenizerStudy") -> str:
    """Who is ahead in bits per byte, after equal text and after equal operations."""
    from lm_core.charts.words import human
    from lm_core.evaluation.standings import ladder

    rungs = ladder(study.ranked(), by="bits_per_byte")
    text = f"From the lowest bits per byte up, after equal text: {_rungs(study, rungs)}."
    if any(len(rung) > 1 for rung in rungs):
        text += (
            " Those named together cannot be told apart: their seeds overlap, or one of them has "
            "run with one seed only."
        )
    spent, means = at_equal_operations(study)
    told = ", ".join(f"{study.title(name)} {bits:.2f}" for name, bits in means.items())
    text += f" After {human(spent)} operations each, read off the curves: {told}."
    hidden = [row for row in study.ranked() if row.mean("bits_per_byte") is None]
    return text + "".join(f" {_withheld(study, row)}" for row in hidden)


def _withheld(study: "TokenizerStudy", row: "Standing") -> str:
    from lm_core.extent import MOST_SKIPPED
    from lm_core.figures import percent

    return (
        f"Of {study.title(row.model)} there are no bits per byte: "
        f"{percent(row.mean('untold'))} of the characters are not told by its tokens (in an "
        f"unknown word, or a capital read small), and over {percent(MOST_SKIPPED)} the figure "
        "would reward that."
    )


def misled(study: "TokenizerStudy") -> str:
    """The pair that the two measures order most differently, in figures."""
    from lm_core.charts.words import human
    from lm_core.evaluation.tokenizer_study import swapped

    ranks = study.ranked()
    pairs = swapped(ranks)
    if not pairs:
        return "it is per token, and a token is another piece of text under each of them."
    known = [row for row in ranks if row.mean("bits_per_byte") is not None]
    every = len(known) * (len(known) - 1) // 2
    best, other = pairs[0]
    a, b = (study.title(row.model) for row in (best, other))
    return (
        "it is per token, and a token is another piece of text under each of them. Under "
        f"{b} the perplexity is {human(other.mean('perplexity'))}, under {a} it is "
        f"{human(best.mean('perplexity'))}; yet a token of the first is "
        f"{other.mean('bytes_per_token'):.1f} bytes long on average and one of the second "
        f"{best.mean('bytes_per_token'):.1f}, and over the same text the second is surprised less "
        f"({best.mean('bits_per_byte'):.3f} bits per byte beside "
        f"{other.mean('bits_per_byte'):.3f}). Of {every} pairs the two measures put {len(pairs)} "
        "in opposite orders. Perplexities compare models of one tokenizer only."
    )


def table(study: "TokenizerStudy") -> "pd.DataFrame":
    """A row a tokenizer: means over its seeds."""
    import pandas as pd

    from lm_core.figures import percent, significant

    rows = []
    for row in study.ranked():
        low, high = row.spread("bits_per_byte") or (None, None)
        per_byte = row.mean("bytes_per_token")
        speed = row.mean("tokens") / row.mean("cpu_seconds")
        bits, whole = row.mean("bits_per_byte"), row.mean("parameters")
        vocabulary = row.mean("vocabulary_parameters")
        rows.append(
            {
                "tokenizer": study.title(row.model),
                "bits per byte": None if bits is None else round(bits, 3),
                "its seeds": "withheld" if low is None else f"{low:.3f} to {high:.3f}",
                "nats per token": round(row.mean("nats"), 3),
                "perplexity": float(significant(row.mean("perplexity"), 4)),
                "bytes per token": round(per_byte, 2),
                "steps": round(row.mean("steps")),
                "parameters of the body": round(whole - vocabulary),
                "of the vocabulary": round(vocabulary),
                "operations per byte": float(
                    significant(row.mean("operations_per_token") / per_byte, 3)
                ),
                "tokens per second": float(significant(speed, 3)),
                "bytes per second": float(significant(speed * per_byte, 3)),
                "not told": percent(row.mean("untold")),
            }
        )
    return pd.DataFrame(rows)


def how(study: "TokenizerStudy") -> str:
    """What the figures are, and where they come from."""
    from lm_core.charts.words import bytes_size

    told = study.machine
    seeds = ", ".join(str(s) for s in sorted({one.seed for one in study.results}))
    return (
        f"Means over the seeds {seeds}. Equal text is counted in bytes of the training part, so "
        "no clock decides how much was read. Scored by the first "
        f"{bytes_size(study.scored)} of the validation text; the curves by the beginning of it. "
        "Speed is of learning, per second of processor time of one thread, while other work ran on "
        "the machine; parameters of the vocabulary are a row for each token that is "
        "read and one for each that is guessed. So little text is short of what a large "
        "vocabulary needs: what is behind here need not stay behind. "
        f"{told.get('processor')}, torch {told.get('torch')}, Python {told.get('python')}."
    )

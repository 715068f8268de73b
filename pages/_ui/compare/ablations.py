"""What the parts of a Transformer and of an LSTM do: one switch at a time, a study that ships."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import switch
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lm_core.evaluation.study import Configuration

STUDY = SHIPPED / "studies" / "ablations.csv"
FIGURE, UNIT = "validation_nats", "nats per character"
WIDTHS = {"changed": 200, "beside the base": 210}  # pixels
SAID = {"true": "on", "false": "off"}


def panel() -> None:
    """The base of a family, and each switch beside it."""
    from lm_core.charts.spreads import Spread, seed_spreads
    from lm_core.evaluation.surprise import perplexity
    from lm_core.models import models

    st.write(
        "A model is made of choices. Here one of them is switched at a time, all else stays, and "
        "the model learns names again with three seeds. A seed alone moves the loss too, so better "
        "or worse is called only what lies apart from the base with every seed."
    )
    groups = studied(STUDY.stat().st_mtime_ns) if STUDY.is_file() else {}
    if not groups:
        st.info("The study is not here: `make ablations` makes it.")
        return
    titles = {name: models[name].title for name in groups}
    family = switch("Family", titles, key="compare-ablations")
    base, *changed = groups[family]
    middle = Spread(base.label, tuple(base.of(FIGURE)))
    rows = [Spread(label(o), tuple(o.of(FIGURE)), o.told_apart(base, FIGURE)) for o in changed]
    title = f"{titles[family]}: loss after one switch"
    chart = seed_spreads(middle, rows, title=title, unit=UNIT)
    show_chart(chart, key=f"compare-ablations-{family}", table=False)
    st.markdown(f"**What to notice:** {plain(noticed(base, changed))}")
    table = chart.table
    every = [base, *changed]
    table.insert(2, "perplexity", [perplexity(one.mean(FIGURE)) for one in every])
    table.insert(3, "parameters", [round(one.mean("parameters")) for one in every])
    show_table(table, key=f"compare-ablations-{family}", height="content", widths=WIDTHS)
    (first, *_) = base.runs
    bases = {one.called: SAID.get(one.base, one.base) for one in changed}
    settings = ", ".join(f"{called} {value}" for called, value in bases.items())
    st.caption(
        f"The grey band is the base: {plain(settings.lower())}. Scored by the whole validation "
        f"split after {int(first['steps']):,} steps on {plain(first['machine'])}, seeds "
        f"{', '.join(run['seed'] for run in base.runs)}, {plain(first['versions'])}. So few steps "
        "leave much to be learned: what is ahead here need not stay ahead, and what holds a model "
        "back from learning by heart cannot pay yet. Three seeds that lie apart by chance alone "
        "come once in ten times. An optimizer comes with a rate of its own, not searched for."
    )
    st.caption("Every run is a row of this file, with its command; all are made again by:")
    st.code("make ablations", language=None)


@st.cache_data(max_entries=1, show_spinner=False)
def studied(stamp: int) -> "dict[str, list[Configuration]]":
    """Family -> its base, then each switch; empty where the file is no such study."""
    from lm_core.evaluation.study import configurations, read

    try:
        rows = read(STUDY)
        families = dict.fromkeys(row["family"] for row in rows)
        return {f: configurations(r for r in rows if r["family"] == f) for f in families}
    except (OSError, ValueError, KeyError):
        return {}


def label(one: "Configuration") -> str:
    """ "Normed queries and keys off"."""
    return f"{one.called} {SAID.get(one.value, one.value)}"


def noticed(base: "Configuration", changed: "Sequence[Configuration]") -> str:
    """How many switches matter, and which most."""

    def by(one: "Configuration") -> float:
        return one.mean(FIGURE) - base.mean(FIGURE)

    told = {
        one: [other for other in changed if other.told_apart(base, FIGURE) == one]
        for one in ("worse", "better")
    }
    parts = []
    for one, group in told.items():
        if group:
            most = max(group, key=lambda o: abs(by(o)))
            named = label(most)
            several = len(group) > 1
            how = f"are {one}" if several else f"is {one}"
            which = f"most of all {named}" if several else named
            parts.append(
                f"{len(group)} of {len(changed)} switches {how} with every seed, {which} "
                f"({by(most):+.3f} nats)"
            )
        else:
            parts.append(f"no switch is {one} with every seed")
    left = len(changed) - sum(map(len, told.values()))
    said = "; ".join(parts)
    return f"{said[0].upper()}{said[1:]}. The other {left} cannot be told from the base."

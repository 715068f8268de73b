"""Four statements on LoRA, held against a study that ships."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart

if TYPE_CHECKING:
    from lm_core.evaluation.lora_study import Statement

STUDY = SHIPPED / "studies" / "lora.csv"
UNIT = "nats per character"


def statements() -> None:
    """What is said of LoRA, whether it holds here, and what was measured for it."""
    found = studied(STUDY.stat().st_mtime_ns) if STUDY.is_file() else None
    if found is None:
        st.info("The study is not here: `make lora` makes it.")
        return
    from lm_core.charts.rates import by_rate
    from lm_core.charts.spreads import Spread, seed_spreads
    from lm_core.evaluation.study import beside

    told, first, lost = found
    st.write(
        "What is said of LoRA can be tested. The GPT of Shakespeare went on over the speeches, as "
        f"a whole and by LoRA, {int(first['tokens']):,} characters each "
        "time, with several rates and two seeds. Each way of adapting is judged at its own best "
        "rate; two are called apart only where all seeds of one are better than all of the other."
    )
    for number, one in enumerate(told):
        st.subheader(f"{number + 1}. {one.title}")
        st.markdown(f"**{one.verdict.capitalize()}.** {plain(one.told)}")
        if number == 0:
            losses = {each.label: each.by_rate for each in one.compared}
            title = "Loss on the new text, by rate"
            before = one.compared[0].before
            chart = by_rate(losses, title=title, unit=UNIT, before=before)
        else:
            base, *others = one.compared
            rows = [Spread(o.label, o.best, beside(o.best, base.best)) for o in others]
            title = "Loss on the new text, each at its best rate"
            chart = seed_spreads(Spread(base.label, base.best), rows, title=title, unit=UNIT)
        show_chart(chart, key=f"tune-statement-{number}")
    st.caption(
        f"Forgotten of the old text meanwhile, mean over the seeds: {plain(lost)}. Measured "
        f"on {plain(first['machine'])}, {plain(first['versions'])}; a run again: "
        "`python -m tools.lora_study --list` has every command."
    )


@st.cache_data(max_entries=1, show_spinner=False)
def studied(written: int) -> "tuple[list[Statement], dict[str, str], str] | None":
    """The statements, a row of the table, and what was forgotten, in words; None where a run of
    them is missing."""
    from lm_core.evaluation.lora_study import FULL, LORA, TITLES, forgotten, statements
    from lm_core.evaluation.study import read

    rows = read(STUDY)
    try:
        found = statements(rows)
    except ValueError:  # it is being made
        return None
    lost = {TITLES["method", method]: forgotten(rows, method) for method in (FULL, LORA)}
    said = [
        f"{name} {'not measured' if n is None else f'{n:.2f} nats'}" for name, n in lost.items()
    ]
    return found, rows[0], ", ".join(said)

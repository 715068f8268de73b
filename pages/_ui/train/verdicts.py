"""What the lab noticed about a run, in plain words, each with a button that fills in the cure."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared.cures import BADGES, mended, said, title_of, verdicts_over
from pages._ui.shared.filling import fill
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lm_core.doctor.judgement import Judgement
    from lm_core.runs.store import Run, RunStore
    from pages._ui.train.points import Shown


def judgement_of(
    store: "RunStore", run: "Run", shown: "Shown", newest: "Mapping[type, int | None]"
) -> "Judgement":
    """What all parts of the page say of this visitor's run, from what is `shown` of it; made once
    for all that are drawn from the same.

    Args:
        newest: as `points.shown`.
    """
    from lm_core.doctor.judgement import judged
    from lm_core.runs.queue import counts

    how = {"counts": counts(run), "over": not run.active, "judge": run.facts.get("judge", "nats")}
    seen = dict(newest), how
    if shown.judged is None or shown.judged[0] != seen:
        found = verdicts_over(store, run.id)
        shown.judged = seen, judged(shown.train, shown.evaluations, found, **how)
    return shown.judged[1]


def verdicts(run: "Run", shown: "Shown", judgement: "Judgement") -> None:
    """All that was found, what has to be mended first; what is fine folded away."""
    if not judgement.findings:
        return
    with st.container(border=True, key="train-verdicts"):
        if not judgement.noted and not judgement.grave:
            st.caption("The lab has found nothing to mend in this run so far.")
        for row in judgement.noted:
            _verdict(run, row)
        if fine := judgement.fine:
            with st.popover(f"What is fine: {len(fine)}", type="tertiary", key="train-fine"):
                for row in fine:
                    st.caption(f"{plain(row['text'])} (step {row['step']:,})")


def _verdict(run: "Run", row: dict[str, Any]) -> None:
    from lm_core.errors import LabError
    from lm_core.runs.spec import RunSpec

    label, color = BADGES[row["severity"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap="xsmall", width="stretch"):
            st.badge(f"{label}, step {row['step']:,}", color=color)
            st.markdown(said(row))
        if not row["control"]:
            return
        try:
            spec, words = mended(RunSpec.from_dict(run.spec), row["control"], row["code"])
        except LabError:  # a setting of another version
            return
        pressed = st.button(
            words,
            key=f"train-mend-{row['code']}",
            on_click=fill,
            args=(spec, title_of(spec, row["control"])),
        )
        if pressed:
            st.rerun()  # the whole page: the form is at its top

"""The study of tokenizers run again: the same specs as ordinary runs, and whether they land where
those that ship would."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced

if TYPE_CHECKING:
    from lm_core.evaluation.tokenizer_study import Cut, TokenizerStudy
    from lm_core.runs.store import Run

USUAL = ("char", "bpe-2048")  # what differs most
LOOK_SECONDS = 2.0


def show(study: "TokenizerStudy") -> None:
    """Start, and the visitor's runs of these specs."""
    from lm_core.runs.spec import RunSpec

    st.header("Run it for real")
    st.write(
        "The same settings with the first seed, as runs of your own: they go through the queue, "
        "and each can be opened on Train."
    )
    titles = {cut.name: cut.title for cut in study.cuts}
    chosen = st.pills(
        "Tokenizers",
        list(titles),
        selection_mode="multi",
        default=[name for name in USUAL if name in titles],
        format_func=titles.__getitem__,
        key="tokenizers-again",
        bind="query-params",
    )
    pressed = st.button("Start them", type="primary", key="tokenizers-start", disabled=not chosen)
    with session.mending():
        if pressed:
            for cut in study.cuts:
                if cut.name in chosen:
                    spec = RunSpec.from_dict(cut.spec)
                    title = f"{cut.title}, equal text"
                    session.manager().start(spec, session.visitor(), title=title)
        active = any(run.active for _, run in runs_of(study))
        alone(_panel, run_every=paced(LOOK_SECONDS) if active else None)(study, active)


def runs_of(study: "TokenizerStudy") -> "list[tuple[Cut, Run]]":
    """The visitor's runs of the study's settings, of any seed, newest first."""
    from lm_core.runs.spec import RunSpec

    # A spec of the file is read as one of this version, which a run of today has.
    known = {_settled(RunSpec.from_dict(cut.spec).to_dict()): cut for cut in study.cuts}
    runs = session.manager().store.runs_of(session.visitor())
    found = ((known.get(_settled(run.spec)), run) for run in runs)
    return [(cut, run) for cut, run in found if cut is not None]


def _settled(spec: dict) -> str:
    """A spec without its seed, to be compared."""
    from lm_core.json_files import dumps

    return dumps(spec | {"seed": 0}, sort_keys=True)


def _panel(study: "TokenizerStudy", was_active: bool) -> None:
    with session.mending():
        found = runs_of(study)
        if was_active and not any(run.active for _, run in found):
            st.rerun()  # all have ended: there is nothing to look at any more
        for cut, run in found:
            TRAINED.link(run.id, f"{plain(cut.title)}, seed {run.spec['seed']}: {run.status}")
            if said := landed(study, cut, run):
                st.caption(plain(said))


def landed(study: "TokenizerStudy", cut: "Cut", run: "Run") -> str:
    """Whether a run that is done came to where one more run of the study would, 19 times in 20; by
    its own last evaluation, which those of the study had as well. "" while that is not known."""
    from lm_core.evaluation.standings import expected
    from lm_core.evaluation.tokenizer_study import OWN
    from lm_core.training.events import Evaluated

    row = next((row for row in study.ranked() if row.model == cut.name), None)
    last = session.manager().store.last(Evaluated, run.id)
    if run.status != "finished" or row is None or last is None:
        return ""
    where, nats = expected(row, OWN), last["nats"]
    if where is None:
        return f"Its last evaluation: {nats:.3f} nats per token."
    low, high = where
    inside = "inside" if low <= nats <= high else "outside"
    return (
        f"Its last evaluation, {nats:.3f} nats per token, lies {inside} of where one more run "
        f"would be expected beside those that ship ({low:.3f} to {high:.3f})."
    )

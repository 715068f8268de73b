"""The steps as cards: what each asks, its picture, its verdict, the cure."""

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from lm_core.json_files import dumps
from pages._ui.doctor.findings import PICTURES, next_try
from pages._ui.shared import session
from pages._ui.shared.alone import alone
from pages._ui.shared.cures import BADGES, mended, said, title_of
from pages._ui.shared.filling import fill, go
from pages._ui.shared.open_run import TRAINED
from pages._ui.shared.plain import plain
from pages._ui.shared.standing import paced, sharing, standing, waiting

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import Run

LOOK_SECONDS = 1.0
ASKS = {
    "texts": (
        "0. Are the texts two?",
        "What stands in the training text and in the validation text was read before it is asked "
        "about: it flatters the model, and every later step is judged by it.",
    ),
    "init": (
        "1. Does it start calm?",
        "An untrained model knows nothing, so every token should be as likely as any other: its "
        "loss should be ln V, for V different tokens.",
    ),
    "overfit": (
        "2. Can it learn at all?",
        "A few rows, again and again: it should know them by heart. If it cannot, something is "
        "broken, and more text will not help.",
    ),
    "lr": (
        "3. How fast may it go?",
        "The learning rate is raised step by step until the loss rises. Good rates lie where it "
        "falls fastest; a few fresh models check that.",
    ),
    "grid": (
        "4. Which settings together?",
        "A short training for each pair of learning rate and weight decay (the pull of weights "
        "toward zero), judged by text that it does not learn from.",
    ),
    "inside": (
        "5. Is anything stuck inside?",
        "While it trains: what flows through each layer, what flows back, and how far each step "
        "moves the weights.",
    ),
}


def cards(run_id: str, chosen: "RunSpec | None") -> None:
    """All of them for a job of this visitor, filled from the store as it goes on. `chosen` is what
    would be examined next.

    Raises:
        RunNotFound: it is not there, or not this visitor's.
    """
    run = session.manager().store.get(run_id, session.visitor())
    if run.kind != "doctor":  # a run that trains has no cards: its own screen shows it
        TRAINED.go(run_id)
    if chosen is not None and run.spec != json.loads(dumps(chosen.to_dict())):
        st.caption(f"Below: {plain(run.title)}. Examine asks about what is chosen above.")
    alone(_cards, run_every=paced(LOOK_SECONDS) if run.active else None)(run_id, run.active)


def _cards(run_id: str, was_active: bool) -> None:
    from lm_core.training.events import Diagnosed, Found

    with session.mending():
        runs = session.manager()
        run = runs.store.get(run_id, session.visitor())
        if run.active != was_active:
            st.rerun()
        found = {row["part"]: row for row in runs.store.since(Found, run_id)}
        verdicts = runs.store.since(Diagnosed, run_id)
        _status(run, found)
        for number, part in enumerate(ASKS):
            own = [row for row in verdicts if row["step"] == number]
            card(run.spec, run, part, found.get(part, {}).get("data"), own)


def _status(run: "Run", found: dict[str, Any]) -> None:
    runs = session.manager()
    outlook = runs.outlook(run.id)
    every = outlook.every if outlook else 0.0
    words = {
        "queued": waiting(run),
        "starting": standing(run, "", "finding"),
        "running": standing(run, f"Examining … {sharing(run)}".strip(), "finding", every),
        "finished": "Done.",
        "stopped": "Stopped.",
        "failed": "It could not go on.",
        "interrupted": "It was cut off.",
    }.get(run.status, "")
    with st.container(key="doctor-stands", horizontal=True, vertical_alignment="center"):
        done = sum(bool(row["data"].get("verdicts") is not None) for row in found.values())
        if unkept := runs.trouble(run.id):
            st.warning(plain(unkept))
        elif run.active:
            st.progress(min(1.0, done / len(ASKS)), text=words)
            if st.button("Stop", key="doctor-stop", disabled=run.requested == "stop"):
                runs.stop(run.id, session.visitor())
        elif run.status in ("failed", "interrupted"):
            st.warning(f"{words} {plain(run.message)}")
        else:
            st.caption(f"{words} {plain(run.message)}".strip())


def card(
    spec: dict[str, Any],
    run: "Run | None",
    part: str,
    data: dict[str, Any] | None,
    verdicts: list[dict[str, Any]],
) -> None:
    """One step of an examination of `spec`. `run` None: it was not asked of a worker."""
    title, asks = ASKS[part]
    with st.container(border=True):
        words, picture = st.columns([2, 3])
        with words:
            st.markdown(f"## {title}")
            st.caption(asks)
            for row in verdicts:
                label, color = BADGES[row["severity"]]
                st.badge(label, color=color)
                st.markdown(said(row))
                if part not in ("lr", "grid"):  # these two say better what to set
                    _mend(spec, row)
            if not verdicts:
                st.caption(_silent(run, part, data))
            if run is not None and data:
                next_try(run, part, data)
        with picture:
            if data:
                PICTURES[part](run, data)


def _silent(run: "Run | None", part: str, data: dict[str, Any] | None) -> str:
    """Why a step has no verdict."""
    if run is not None and not run.active:
        return "Cut off before it could be judged." if data else "Not taken."
    if run is not None and part not in run.options.get("steps", ASKS):
        return "Left out."
    return "Measuring …" if data else "Not yet."


def _mend(spec: dict[str, Any], row: dict[str, Any]) -> None:
    """A button that fills the Train screen with the cure, where a setting is one."""
    from lm_core.errors import LabError
    from lm_core.runs.spec import RunSpec

    if not row.get("control") or row["severity"] == "ok":
        return
    try:
        better, _ = mended(RunSpec.from_dict(spec), row["control"], row["code"])
        title = title_of(better, row["control"])
    except LabError:  # a setting of another version
        return
    if st.button(f"Set it on Train: {title.lower()}", key=f"doctor-mend-{row['code']}"):
        fill(better, title)
        go()


def first_look(spec: "RunSpec") -> None:
    """Before anybody asked: what takes no training, of the settings that are chosen."""
    from lm_core.corpora import origin

    plain_spec = spec.to_dict()
    text = spec.data.text or dumps(origin(spec.data.name))
    found = _measured(dumps(plain_spec, sort_keys=True), text)
    for part in ASKS:
        data, verdicts = found.get(part, (None, []))
        card(plain_spec, None, part, data, verdicts)


@st.cache_data(max_entries=32, show_spinner="Asking an untrained model …")
def _measured(spec_json: str, text: str) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    from lm_core.device import choose_device
    from lm_core.doctor.doubles import doubles
    from lm_core.doctor.steps import left_out
    from lm_core.doctor.untrained import untrained
    from lm_core.runs.doctoring import patient_of
    from lm_core.runs.prepare import prepare
    from lm_core.runs.spec import RunSpec

    prepared = prepare(RunSpec.from_dict(json.loads(spec_json)))
    patient = patient_of(prepared, choose_device("cpu", 1))
    found = {}
    for part, ask in (("texts", doubles), ("init", untrained)):
        verdict, data = left_out(patient, part), {}
        if verdict is None:
            one = ask(patient)
            verdict, data = one.verdict(), one.data()
        found[part] = (data, [verdict.to_dict()])
    return found

"""The visitor's runs as rows: what differs between them, how far each came, which words find it."""

from typing import TYPE_CHECKING, Any

from lm_core.json_files import dumps
from lm_core.runs.per_character import of_tokens, withheld
from lm_core.visible import readable
from pages._ui.train.curves import measure_of
from pages._ui.train.names import started

if TYPE_CHECKING:
    from lm_core.runs.store import Run, RunStore

NUMBER, RUN, STARTED, STATE, NOTE = "No.", "Run", "Started", "State", "Note"
BITS = "bits per character"


def rows(store: "RunStore", runs: "list[Run]", current: str | None) -> list[dict[str, Any]]:
    """One dict a run: its number, name, start, state and figures, then the settings in which not
    all agree."""
    from lm_core.charts.measures import shared
    from lm_core.runs.apart import SAID, setting_titles, settings_that_differ

    specs = [run.spec for run in runs]
    titles, differing = setting_titles(specs), settings_that_differ(specs)
    if not any(map(_renamed, runs)):
        differing = [{k: v for k, v in one.items() if k not in SAID} for one in differing]
    # Nats of different tokens say nothing; other losses are not about tokens.
    in_bits = len(shared([cut(run) for run in runs if of_tokens(run)])) == 1
    found = []
    for run, spec in zip(runs, differing, strict=True):
        found.append(
            {"": "▸" if run.id == current else "", NUMBER: run.number, RUN: readable(run.title)}
            | {STARTED: started(run)}
            | ({NOTE: readable(run.note)} if any(one.note for one in runs) else {})
            | {STATE: run.status}
            | _figures(store, run, in_bits and of_tokens(run))
            | {titles.get(name, name): _said(name, value) for name, value in spec.items()}
        )
    return found


def _said(name: str, value: str) -> str:
    """What a registered name is called, where the setting is one."""
    from lm_core.corpora import corpora
    from lm_core.models import models
    from lm_core.tasks import tasks

    registry = {"model.name": models, "data.name": corpora, "task.name": tasks}.get(name)
    return registry[value].title if registry is not None and value in registry else value


def cut(run: "Run") -> str:
    """What the text of a run is cut into: the tokenizer, and the text it was made from."""
    return dumps([run.spec["task"], run.spec["codec"], run.spec["data"]], sort_keys=True)


def _figures(store: "RunStore", run: "Run", in_bits: bool) -> dict[str, Any]:
    from lm_core.training.events import KEPT, Evaluated, Step

    unit, judge = measure_of(run, "bits" if in_bits else "nats"), _judge(run, in_bits)

    rows = store.since(Evaluated, run.id)
    scored = [row["nats"] for row in rows if row["split"] == "validation"]
    step = store.last(Step, run.id)
    # What was kept was scored on more of the text than what was evaluated on the way.
    last = max(rows, key=lambda row: row["seq"], default={"split": ""})
    kept = [last["nats"]] if last["split"] == KEPT else []
    finite = [nats for nats in kept or scored if nats == nats]
    if in_bits and withheld(run):
        scored, finite = [], []
    return {
        "Steps": step["step"] if step else None,
        f"Best validation, {judge}": round(float(unit.of(min(finite))), 3) if finite else None,
        "Last": round(float(unit.of(scored[-1])), 3) if scored else None,
    } | _tested(store, run, in_bits)


def _tested(store: "RunStore", run: "Run", in_bits: bool) -> dict[str, Any]:
    """What its test split gave, where that was measured."""
    from lm_core.runs.final_score import final_score

    kept = final_score(store, run)
    if kept is None:
        return {}
    value = kept.bits if in_bits else kept.nats
    return {f"Test, {_judge(run, in_bits)}": None if value is None else round(value, 3)}


def _judge(run: "Run", in_bits: bool) -> str:
    """What the loss of a run is called."""
    return BITS if in_bits else run.facts.get("judge", "nats")


def found_by(row: dict[str, Any], words: str) -> bool:
    """Whether each of the words stands somewhere in the row: in a name, a note, a setting."""
    text = " ".join(f"{name} {value}" for name, value in row.items() if value is not None).lower()
    return all(word in text for word in words.lower().split())


def _renamed(run: "Run") -> bool:
    from lm_core.models import models

    return not run.title.startswith(models[run.spec["model"]["name"]].title)

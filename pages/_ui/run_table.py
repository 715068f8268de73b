"""The visitor's runs as rows: what differs between them, how far each came, which words find it."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from lm_core.json_files import dumps
from lm_core.visible import readable

if TYPE_CHECKING:
    from lm_core.runs.store import Run, RunStore

# Said by a run's title; columns of their own once a run was renamed.
SAID = {"model.name": "Model", "corpus.name": "Text"}
RUN, STATE, NOTE = "Run", "State", "Note"
TEST, TEST_BITS = "Test, nats", "Test, bits per character"
BEST, BEST_BITS = "Best validation, nats", "Best validation, bits per character"


def rows(store: "RunStore", runs: "list[Run]", current: str | None) -> list[dict[str, Any]]:
    """One dict a run: its name, state and figures, then the settings in which not all agree."""
    from lm_core.charts.measures import shared

    titles = setting_titles(runs)
    differing = settings_that_differ([run.spec for run in runs])
    if not any(map(_renamed, runs)):
        differing = [{k: v for k, v in one.items() if k not in SAID} for one in differing]
    in_bits = len(shared([cut(run) for run in runs])) == 1  # nats of different tokens say nothing
    found = []
    for run, spec in zip(runs, differing, strict=True):
        found.append(
            {"": "▸" if run.id == current else "", RUN: readable(run.title)}
            | ({NOTE: readable(run.note)} if any(one.note for one in runs) else {})
            | {STATE: run.status}
            | _figures(store, run, in_bits)
            | {titles.get(name, name): _said(name, value) for name, value in spec.items()}
        )
    return found


def _said(name: str, value: str) -> str:
    """What a registered name is called, where the setting is one."""
    from lm_core.corpora import corpora
    from lm_core.models import models

    registry = {"model.name": models, "corpus.name": corpora}.get(name)
    return registry[value].title if registry is not None and value in registry else value


def cut(run: "Run") -> str:
    """What the text of a run is cut into: the tokenizer, and the text it was made from."""
    return dumps([run.spec["tokenizer"], run.spec["corpus"]], sort_keys=True)


def _figures(store: "RunStore", run: "Run", in_bits: bool) -> dict[str, Any]:
    from lm_core.training.events import Evaluated, Step
    from pages._ui.run_curves import measure_of, withheld

    unit = measure_of(run, "bits" if in_bits else "nats")

    scored = [row["nats"] for row in store.since(Evaluated, run.id) if row["split"] == "validation"]
    step = store.last(Step, run.id)
    finite = [nats for nats in scored if nats == nats]
    if in_bits and withheld(run):
        scored, finite = [], []
    return {
        "Steps": step["step"] if step else None,
        BEST_BITS if in_bits else BEST: round(float(unit.of(min(finite))), 3) if finite else None,
        "Last": round(float(unit.of(scored[-1])), 3) if scored else None,
    } | _tested(store, run, in_bits)


def _tested(store: "RunStore", run: "Run", in_bits: bool) -> dict[str, Any]:
    """What its test split gave, where that was measured."""
    from lm_core.runs.final_score import final_score

    kept = final_score(store, run)
    if kept is None:
        return {}
    value = kept.bits if in_bits else kept.nats
    return {TEST_BITS if in_bits else TEST: None if value is None else round(value, 3)}


def found_by(row: dict[str, Any], words: str) -> bool:
    """Whether each of the words stands somewhere in the row: in a name, a note, a setting."""
    text = " ".join(f"{name} {value}" for name, value in row.items() if value is not None).lower()
    return all(word in text for word in words.lower().split())


def labels(runs: "list[Run]") -> list[str]:
    """What to call each run beside the others: its title without what all titles end with, and
    where two share one, the settings that set them apart; no two alike."""
    from lm_core.charts.words import numbered_apart, shorten

    called = [readable(run.title) for run in runs]
    ends = {title.partition(", ")[2] for title in called}
    if len(ends) == 1:  # the same text, most often
        called = [title.partition(", ")[0] for title in called]
    titles = setting_titles(runs)
    for title in {title for title in called if called.count(title) > 1}:
        alike = [i for i, one in enumerate(called) if one == title]
        apart = settings_that_differ([runs[i].spec for i in alike])
        for i, settings in zip(alike, apart, strict=True):
            said = ", ".join(f"{titles.get(k, k).lower()} {v or '-'}" for k, v in settings.items())
            called[i] = shorten(f"{title}: {said}" if said else title, 90)
    return numbered_apart(called)


def settings_that_differ(specs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each spec only the settings in which not all agree, as flat dotted names. What one family
    has and another has not is no difference: their names say that."""
    flat = [dict(_flatten(spec)) for spec in specs]
    names = {name for one in flat for name in one} - {"corpus.text", "version"}
    differing = []
    for name in sorted(names):
        having = [
            one for one in flat if name in one or not name.startswith(("model.", "tokenizer."))
        ]
        if len({str(one.get(name)) for one in having}) > 1:
            differing.append(name)
    return [{n: str(one.get(n, "")) for n in differing} for one in flat]


def _renamed(run: "Run") -> bool:
    from lm_core.models import models

    return not run.title.startswith(models[run.spec["model"]["name"]].title)


def setting_titles(runs: "list[Run]") -> dict[str, str]:
    """Dotted names of settings -> what the widgets call them, no two alike."""
    from lm_core.models import models
    from lm_core.runs.spec import CorpusSpec
    from lm_core.tokenizers import tokenizers
    from lm_core.training import Budget, TrainSettings

    parts = [("corpus", CorpusSpec), ("train", TrainSettings), ("budget", Budget)]
    parts += [("model", models[run.spec["model"]["name"]].settings) for run in runs]
    parts += [("tokenizer", tokenizers[run.spec["tokenizer"]["name"]].settings) for run in runs]
    titles = {"seed": "Seed", "tokenizer.name": "Tokenizer", "fault": "Fault", **SAID}
    for part, settings in parts:
        for field in fields(settings):
            name, title = f"{part}.{field.name}", field.metadata["title"]
            if name not in titles:
                titles[name] = title if title not in titles.values() else f"{title} ({part})"
    return titles


def _flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            pairs += _flatten(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", value))
    return pairs

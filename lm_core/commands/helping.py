"""What `--help` says of settings: names, defaults, ranges, read from the settings classes."""

import dataclasses

from lm_core.generation import SamplerSettings
from lm_core.models import models
from lm_core.runs.spec import CLEANING, CorpusSpec
from lm_core.tasks import tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import TrainSettings


def settings_help() -> str:
    """Every setting with its default, range and help, read from the settings classes."""
    groups = [("train", "train", TrainSettings)]
    groups += [("model", entry.name, entry.settings) for entry in models]
    groups += [("task", entry.name, entry.settings) for entry in tasks]
    groups += [("tokenizer", entry.name, entry.settings) for entry in tokenizers]
    kept = [f"train.{name}" for name in TrainSettings.kept()]
    lines = ["Tasks:", *(f"  {entry.name}: {entry.idea}" for entry in tasks), ""]
    lines += [
        "What --set can change, with defaults. Where it is not set, train.lr falls with the width",
        "of the model, train.batch_size is 16 (64 for items), and items get a smaller model.",
        f"A resumed run keeps those of the model and the tokenizer, {' and '.join(kept)}.",
    ]
    for prefix, title, cls in groups:
        fields = dataclasses.fields(cls)
        lines += [f"\n--set for {title}:"] if fields else []
        for f in fields:
            span = _span(f)
            said = f"{f.default}, {span}" if span else f.default
            lines.append(f"  {prefix}.{f.name}={said}: {f.metadata['help']}")
    fields = CorpusSpec.__dataclass_fields__
    for title, names in (("a file", ["form"]), ("cleaning a text or a list", CLEANING)):
        lines += [f"\n--set for {title}:"]
        for f in map(fields.get, names):
            lines += [f"  corpus.{f.name}={f.default}, {_span(f)}: {f.metadata['help']}"]
    return "\n".join(lines)


def _span(field: dataclasses.Field) -> str:
    """Which values a setting can take, "" where any."""
    said = field.metadata
    if said["choices"]:
        return f"one of {', '.join(map(str, said['choices']))}"
    return "" if said["low"] is None else f"{said['low']} to {said['high']}"


def sampler_help() -> dict[str, str]:
    """Name -> help, range and default of the sampler's settings."""
    return {
        f.name: f"{f.metadata['help']} ({_span(f)}; default: {f.default})".replace("%", "%%")
        for f in dataclasses.fields(SamplerSettings)
    }

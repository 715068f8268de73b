"""Settings to fine-tune a trained model with, before anyone touches anything."""

from dataclasses import replace

from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import read_meta, task_said
from lm_core.models import models
from lm_core.runs.presets import default_spec
from lm_core.runs.recipes import TUNING
from lm_core.runs.spec import CorpusSpec, RunSpec, StartSpec
from lm_core.runs.starting import codec_name, folder_of
from lm_core.tasks import check_task, task_for, tasks
from lm_core.tokenizers import tokenizers
from lm_core.training import Budget


def tuning_spec(
    named: str,
    data: CorpusSpec,
    adapter: AdapterSettings | None = None,
    *,
    budget: Budget | None = None,
    seed: int = 0,
) -> RunSpec:
    """A spec that goes on from a trained model over another text, with a rate that suits the
    method.

    Raises:
        LabError: there is no such model, or it learned another task than this text is for.
    """
    card = read_meta(folder_of(named))
    described = dict(card["model"])
    family = described.pop("name")
    task = task_said(card)
    if data.holds not in tasks[task].build.kinds:  # a fresh head, where that can be
        task = task_for(family, data.holds)
    check_task(task, family, data.holds)
    base = default_spec(
        data, family, tokenizer=codec_name(card), budget=budget, short=False, seed=seed, task=task
    )
    adapter = adapter or AdapterSettings()
    start = StartSpec(folder=named, **adapter.to_dict())
    codec = dict(card.get("spec", {}).get("codec", {}))
    codec.pop("name", None)
    return replace(
        base,
        model=models[family].settings.from_dict(described),
        codec=tokenizers[base.codec_name].settings.from_dict(codec),
        train=replace(base.train, **TUNING[adapter.method]),
        start=start,
    )

"""A run that starts from a trained model: its weights, its tokenizer and its settings are taken,
and what learns on is the method's to say (`lm_core/adapt`).

The weights may be those of a model that ships, of a run of this lab, of somebody else's model, or
of a folder that was named on the command line. A text is read with the old tokenizer: what the
model never learned to read is left out, and said.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from lm_core.adapt import soft_prompt
from lm_core.adapt.adapting import merged, n_trainable
from lm_core.adapt.lora import changes, plain_name
from lm_core.adapt.settings import FULL, LORA, SOFT, AdapterSettings
from lm_core.checkpoints import Checkpoint, load_checkpoint, read_meta, task_said
from lm_core.codec import Codec
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.figures import percent
from lm_core.foreign import hub, packages, transformers_folder
from lm_core.foreign.naming import A_HUB, A_PACKAGE
from lm_core.home import home_folder
from lm_core.json_files import dumps
from lm_core.models import models
from lm_core.models.contract import Model
from lm_core.runs.beginning import SHIPPED, check_settings
from lm_core.runs.spec import A_RUN, RunSpec, StartSpec
from lm_core.split import Split
from lm_core.tasks import tasks
from lm_core.tasks.labelled import LabelledTask
from lm_core.tasks.next_token import NextToken
from lm_core.tokenizers import Tokenizer
from lm_core.training.task import Task

FREE = ("dropout", "locked_dropout", "embedding_dropout", "weight_drop", "ar", "tar", "masked")


def folder_of(named: str) -> Path:
    """The folder of a trained model, as `StartSpec.folder` names it.

    Raises:
        BadCheckpoint: there is none, or it is somebody else's that cannot be read.
    """
    if named.startswith(A_PACKAGE):
        return packages.folder(named.removeprefix(A_PACKAGE))
    if named.startswith(A_HUB):
        return hub.folder(named.removeprefix(A_HUB))
    if named.startswith(A_RUN):
        folder = home_folder() / "runs" / named.removeprefix(A_RUN) / "checkpoint"
    elif StartSpec(folder=named).is_public and os.path.isdir(SHIPPED / named):
        folder = SHIPPED / named
    else:
        folder = Path(named)
    if not os.path.isdir(folder):  # never raises, whatever the name
        raise BadCheckpoint(
            f"The model to start from, {named[:80]}, is not here any more: choose another."
        )
    return transformers_folder.kept(folder) if transformers_folder.is_one(folder) else folder


def codec_name(card: dict[str, Any]) -> str:
    return card.get("spec", {}).get("codec", {}).get("name", "char")


def check_start(spec: RunSpec) -> None:
    """Refuse what cannot be begun, before a text is read for it.

    Raises:
        BadCheckpoint: the model to start from is not here, or damaged.
        BadSettings: the spec's model, task or tokenizer is not its own; says what to change.
    """
    if not spec.start.folder:
        return
    card = read_meta(folder_of(spec.start.folder))
    described = dict(card["model"])
    family, title = described.pop("name"), card.get("title", spec.start.folder)
    if family != spec.model_name:
        raise BadSettings(
            f"“{title}” is of the family {family}, not {spec.model_name}: choose {family}."
        )
    if task_said(card) != spec.task_name and not fresh_head(task_said(card), spec.task_name):
        raise BadSettings(
            f"“{title}” learned {task_said(card)}, not {spec.task_name}: choose another model, or "
            "a text of its kind."
        )
    if codec_name(card) != spec.codec_name:
        raise BadSettings(
            f"“{title}” reads with the tokenizer {codec_name(card)}: choose that one."
        )
    wanted = models[family].settings.from_dict(described)
    otherwise = "start from random weights"
    check_settings(f"“{title}”", wanted, spec.model, free=FREE, otherwise=otherwise)


def fresh_head(learned: str, task: str) -> bool:
    """Whether a model that learned one task can learn the other with a head of its own: one that
    guesses tokens has vectors of them, by which a whole text can be judged."""
    return issubclass(tasks[learned].build, NextToken) and issubclass(
        tasks[task].build, LabelledTask
    )


def read_by(base: Checkpoint, task: Task, corpus: Any) -> tuple[Codec, dict[str, Split]]:
    """The splits of a text as the tokenizer of `base` cuts it, and the codec: its own, or one with
    the answers of a task that it has not learned.

    Raises:
        BadText: the text holds too little, or answers that it does not know.
    """
    if isinstance(base.codec, Tokenizer) and isinstance(task, LabelledTask):
        return task.prepare(corpus, lambda *_, **__: base.codec)
    return base.codec, task.encode(corpus, base.codec)


def started(spec: RunSpec) -> Checkpoint:
    """The model that a run starts from, with nothing beside its matrices.

    Raises:
        BadCheckpoint: it is not here any more, or damaged.
        BadSettings: it has a soft prompt, which is no weight of its own.
    """
    base = load_checkpoint(folder_of(spec.start.folder))
    before = AdapterSettings.said(base.meta.get("spec", {}).get("start"))
    return base if before.method == FULL else replace(base, model=merged(base.model))


def in_one(saved: Checkpoint) -> Checkpoint:
    """A checkpoint with changes of low rank added to their matrices, which its card then says
    nothing of: whoever looks at matrices, or writes them otherwise, finds the family's own."""
    if not changes(saved.model):
        return saved
    spec = saved.meta["spec"]
    spec = spec | {"start": spec["start"] | {"method": FULL}}
    return replace(saved, model=merged(saved.model).eval(), meta=saved.meta | {"spec": spec})


def stamp(base: Checkpoint) -> str:
    """What decides how its tokenizer reads."""
    return hashlib.sha256(dumps(base.codec.to_dict(), sort_keys=True).encode()).hexdigest()[:24]


def start(model: Model, base: Checkpoint, spec: RunSpec, train: Split) -> str:
    """Give an untrained model, made ready for the method, the weights of `base`; in words.

    Args:
        train: what it will read.

    Raises:
        BadSettings: they are not of one shape.
    """
    given = base.model.state_dict()
    if task_said(base.meta) != spec.task_name:  # its own head is left behind, the new one is fresh
        given = {f"encoder.{n}": t for n, t in given.items() if not n.startswith("head.")}
    mine = {plain_name(name): tensor for name, tensor in model.state_dict().items()}
    if any(name not in mine or mine[name].shape != t.shape for name, t in given.items()):
        raise BadSettings(
            f"The weights of “{base.title}” do not fit this model: start from random weights."
        )
    with torch.no_grad():
        for name, tensor in given.items():
            mine[name].copy_(tensor)
    adapter = spec.start.adapter
    if adapter.method == SOFT:
        soft_prompt.begin(model, adapter, spec.seed)
    learns, all_of_it = n_trainable(model), model.n_parameters
    said = f"It began with the weights of “{base.title}”; {_said(adapter, learns, all_of_it)}."
    if task_said(base.meta) != spec.task_name:
        said += " Its last layer is new."
    skipped = train.counts().get("skipped_characters", 0)
    if not skipped:
        return said
    return (
        f"{said} Its tokenizer cannot read {skipped:,} characters of this text: they are left out."
    )


def _said(adapter: AdapterSettings, learns: int, all_of_it: int) -> str:
    if adapter.method == FULL:
        return f"all {all_of_it:,} learn on"
    how = {
        LORA: f"by LoRA of rank {adapter.rank}",
        SOFT: f"by a prompt of {adapter.prompt} virtual tokens",
    }.get(adapter.method, f"in the parts {adapter.layers}")
    share = percent(learns / all_of_it)
    return f"{learns:,} of {all_of_it:,} numbers learn ({share}), {how}"

"""The command that trains a run's settings anew on a terminal."""

import shlex
from typing import Any

from lm_core.errors import LabError
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import RunSpec

OWN_FILE = "FILE"  # in place of a text of one's own, which has no name there


def command_of(spec: RunSpec) -> str:
    """`python -m lm_core train ...` with what differs from the usual settings; "" where no command
    line gives the very same run, as for one that began from another model."""
    usual = default_spec(
        spec.data,
        spec.model_name,
        tokenizer=spec.codec_name,
        budget=spec.budget,
        short=False,
        seed=spec.seed,
        task=spec.task_name,
    )
    parts = {"model": "model", "train": "train", "tokenizer": "codec", "task": "task"}
    texts = {}
    for prefix, part in parts.items():
        was, now = (getattr(one, part).to_dict() for one in (usual, spec))
        texts |= {f"{prefix}.{k}": _typed(v) for k, v in now.items() if v != was.get(k)}
    try:
        if usual.with_texts(texts) != spec:
            return ""
    except LabError:
        return ""
    own = spec.data.name == "own"
    words = ["python", "-m", "lm_core", "train"]
    words += ["--corpus", OWN_FILE if own else spec.data.name, "--model", spec.model_name]
    words += ["--items"] if own and spec.data.holds == "items" else []
    words += ["--tokenizer", spec.codec_name, "--task", spec.task_name]
    for limit, value in spec.budget.to_dict().items():
        words += [f"--{limit}", f"{value:g}" if isinstance(value, float) else str(value)] * (
            value is not None
        )
    words += ["--seed", str(spec.seed)]
    for name, text in texts.items():
        words += ["--set", f"{name}={text}"]
    return shlex.join(words)


def _typed(value: Any) -> str:
    """A value as `--set` reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)

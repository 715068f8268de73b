"""What a run fills in at the top of its script; here a small example, so that the pieces run."""

from pathlib import Path
from typing import Any

CHARS = "\n abcdefghijklmnopqrstuvwxyz"  # a token is a character; its id is its place here
ITEMS = False  # whether each line of the text stands for itself, like a name
MODEL: dict[str, Any] = {"n_layer": 1, "n_embd": 8, "n_hidden": 16, "dropout": 0.0}
BLOCK_SIZE = 64  # tokens in a row of a batch
CONTEXT: int | None = None  # the most tokens the model looks at; None is no limit
TRAIN: dict[str, Any] = {
    "lr": 3e-3,
    "batch_size": 16,
    "weight_decay": 0.05,
    "optimizer": "adamw",
    "schedule": "cosine",
    "warmup": 0.05,
    "grad_clip": 1.0,
}
BUDGET: dict[str, float] = {"steps": 1000}  # or tokens, or seconds
SEED = 0
WEIGHTS = Path(__file__).with_suffix(".safetensors")

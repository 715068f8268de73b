"""What a run fills in at the top (and, of a vocabulary, at the end) of its script; here a small
example, so that the pieces run."""

from pathlib import Path
from typing import Any

from lm_core.models.plain.lstm import LSTM

CHARS = "\n abcdefghijklmnopqrstuvwxyz"  # of characters: a token's id is its place here
WORDS = ["<unk>", "<eos>", "the"]  # of words: the same
TOKENS = [b"\n", *(bytes([byte]) for byte in range(256)), b"th"]  # of byte pairs: the same
MERGES = [(b"t", b"h")]  # and which two became one, the first found first
VOCAB_SIZE = 28
BOUNDARY = 0  # the id of what stands before a text, and between two
FORM = "NFC"  # of Unicode: a letter and its accents are one character; "" as they stand
ITEMS = False  # whether each line of the text stands for itself, like a name
PARTED = False  # whether the text beside the script is several, a form feed between two
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
    "keep_best": True,
    "patience": 0,
}
BUDGET: dict[str, float] = {"steps": 1000}  # or tokens, or seconds
SEED = 0
HERE = Path(__file__).resolve().parent  # whatever this file is called
WEIGHTS = HERE / "model.safetensors"


def make_model():
    """An untrained model; a script's own has the class that its run trained."""
    return LSTM(VOCAB_SIZE, **MODEL)

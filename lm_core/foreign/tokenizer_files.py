"""The tokenizer of a model in transformers' format: tokenizer.json, or vocab.json and merges.txt.

Read are byte pairs as GPT-2's, and those that also cut every digit apart, as SmolLM2's.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tokenizers import Regex, decoders, pre_tokenizers
from tokenizers import Tokenizer as Engine
from tokenizers import models as engine_models

from lm_core.errors import BadCheckpoint, Unsupported
from lm_core.json_files import read_json
from lm_core.tokenizers import Tokenizer
from lm_core.tokenizers.bpe import BOUNDARY, BPETokenizer
from lm_core.tokenizers.byte_level import ALPHABET, MOST
from lm_core.tokenizers.char import CharTokenizer

MOST_BYTES = 50_000_000
OTHER = (
    "The tokenizer of this model is of a kind that this lab does not read: choose a model with "
    "byte pairs as GPT-2's or SmolLM2's."
)
DAMAGED = "The tokenizer of this model is damaged: get it again."


def tokenizer_in(folder: Path, *, size: int, end: int | None) -> BPETokenizer:
    """The tokenizer of a folder.

    Args:
        size: rows of the model's table of tokens.
        end: id of the token that ends a text, where that is said.

    Raises:
        BadCheckpoint: it has none, it is damaged, or of a kind that is not read here.
    """
    try:
        if (folder / "tokenizer.json").exists():
            data = read_json(folder / "tokenizer.json", MOST_BYTES)
            ids, merges, digits = _of_one_file(data)
        elif (folder / "merges.txt").exists():
            ids = read_json(folder / "vocab.json", MOST_BYTES)
            lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
            merges = [line.split(" ") for line in lines if line and not line.startswith("#version")]
            digits = False
        else:
            raise BadCheckpoint(
                f"{folder.name} holds no tokenizer.json: get that file of the model too."
            )
        return byte_pairs(ids, merges, size=size, end=end, digits=digits)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BadCheckpoint(DAMAGED) from None


def tokenizer_json(tokenizer: Tokenizer) -> dict[str, Any]:
    """What its tokenizer.json says. Of characters the package tokenizers refuses one that is
    not known, as this lab does.

    Raises:
        Unsupported: another kind.
    """
    if isinstance(tokenizer, BPETokenizer):
        return json.loads(tokenizer.engine_json)
    if not isinstance(tokenizer, CharTokenizer):
        raise Unsupported(
            "The tokenizer of this model cannot be written for transformers: choose a model of "
            "byte pairs or of characters."
        )
    ids = {char: id for id, char in enumerate(tokenizer.chars)}
    engine = Engine(engine_models.WordLevel(ids))
    engine.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    engine.decoder = decoders.Fuse()
    return json.loads(engine.to_str())


def byte_pairs(
    ids: Mapping[str, int],
    merges: Sequence[Sequence[str]],
    *,
    size: int,
    end: int | None,
    digits: bool,
) -> BPETokenizer:
    """Our tokenizer with the same ids. Rows of the model's table that no token has get a name that
    no text has; its own name of the token that ends a text is forgotten.

    Raises:
        BadCheckpoint: the vocabulary is too large, or is none.
    """
    if size > MOST:
        raise BadCheckpoint(
            f"This model has {size:,} tokens and this lab reads {MOST:,} at most: choose another."
        )
    tokens = [f"<unused-{id}>" for id in range(size)]
    for token, id in ids.items():
        if not isinstance(id, int) or id < 0:
            raise BadCheckpoint(DAMAGED)
        if id < size:
            tokens[id] = token
    if BOUNDARY not in tokens:
        if not isinstance(end, int) or not 0 <= end < size:
            raise BadCheckpoint("No token of this model ends a text: choose another model.")
        tokens[end] = BOUNDARY
    said = {"tokens": tokens, "merges": [list(merge) for merge in merges], "digits": digits}
    if lacks := sorted(set(ALPHABET) - set(tokens)):
        said["lacks"] = lacks
    try:
        return BPETokenizer.from_dict(said)
    except (ValueError, TypeError):
        raise BadCheckpoint(DAMAGED) from None


def _of_one_file(data: Any) -> tuple[dict[str, int], list[Sequence[str]], bool]:
    """Ids, merges, and whether digits stand alone, of a tokenizer.json."""
    model = data["model"]
    cuts = data["pre_tokenizer"] or {}
    steps = cuts["pretokenizers"] if cuts.get("type") == "Sequence" else [cuts]
    digits = len(steps) == 2 and steps[0].get("type") == "Digits"
    alone = digits and steps[0].get("individual_digits") is True
    words = steps[-1]
    usual = words.get("type") == "ByteLevel" and words.get("use_regex", True) is True
    usual = usual and not words.get("add_prefix_space") and len(steps) == 1 + digits
    plain = not any(model.get(k) for k in ("byte_fallback", "ignore_merges", "dropout"))
    if data.get("normalizer") or model.get("type") != "BPE" or not (usual and plain):
        raise BadCheckpoint(OTHER)
    if digits and not alone:
        raise BadCheckpoint(OTHER)
    ids = {**model["vocab"], **{one["content"]: one["id"] for one in data.get("added_tokens", ())}}
    merges = [m.split(" ") if isinstance(m, str) else m for m in model["merges"]]
    return ids, merges, digits

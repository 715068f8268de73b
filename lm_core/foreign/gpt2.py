"""GPT-2's weights, as the package transformers calls them, as ours.

    transformer.h.0.attn.c_attn.weight (C, 3 C)  ->  blocks.0.attention.qkv.weight (3 C, C)

Paper: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from lm_core.foreign.described import number, refuse_others, whole
from lm_core.models.layers import LAYER_EPS
from lm_core.models.transformer import TransformerSettings

PROGRAM = "GPT-2"
HEADED = "GPT2LMHeadModel"  # the only one of its kinds that writes
SETTINGS = {"position": "learned", "norm": "layer", "qk_norm": False, "bias": True}
PARTS = {  # name in a block of GPT-2 -> name in ours
    "ln_1": "norm_attention",
    "attn.c_attn": "attention.qkv",
    "attn.c_proj": "attention.out",
    "ln_2": "norm_mlp",
    "mlp.c_fc": "mlp.up",
    "mlp.c_proj": "mlp.down",
}
ACTIVATIONS = {
    "gelu_new": "gelu-tanh",
    "gelu_pytorch_tanh": "gelu-tanh",
    "gelu": "gelu",
    "relu": "relu",
}
# What else makes our Transformer a GPT-2. Biases it may lack: they are zeros.
SAME = {"position": "learned", "norm": "layer", "qk_norm": False}
SAME |= {"attention": "softmax", "norm_place": "before", "residual": True, "head": "linear"}
USUAL = {"scale_attn_weights": True, "scale_attn_by_inverse_layer_idx": False}
USUAL |= {"add_cross_attention": False}


def settings_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of our Transformer that its config.json describes.

    Raises:
        BadCheckpoint: it lacks a size, or has a part that ours has not.
    """
    activation = config.get("activation_function", "gelu_new")
    refuse_others(config, USUAL, PROGRAM)
    if activation not in ACTIVATIONS:
        refuse_others(config, {"activation_function": "gelu_new"}, PROGRAM)
    return {
        **SETTINGS,
        "n_layer": whole(config, "n_layer"),
        "n_head": whole(config, "n_head"),
        "n_embd": whole(config, "n_embd"),
        "block_size": whole(config, "n_positions", "n_ctx"),
        "mlp_width": config.get("n_inner") or 0,
        "activation": ACTIVATIONS[activation],
        "norm_eps": number(config, "layer_norm_epsilon", usual=1e-5),
        "tied": config.get("tie_word_embeddings") is not False,
    }


def as_ours(theirs: Mapping[str, Tensor], n_layer: int) -> dict[str, Tensor]:
    """Tensors under GPT-2's names (weights, or their gradients) under ours. GPT-2 keeps its
    matrices the other way round: (in, out).

    Raises:
        KeyError: one is missing.
    """
    theirs = {name.removeprefix("transformer."): tensor for name, tensor in theirs.items()}
    ours = {"embedding.weight": theirs["wte.weight"]}
    ours["positions.table.weight"] = theirs["wpe.weight"]
    if "lm_head.weight" in theirs:
        ours["head.weight"] = theirs["lm_head.weight"]
    for last in ("weight", "bias"):
        ours[f"norm.{last}"] = theirs[f"ln_f.{last}"]
        for layer in range(n_layer):
            for their, our in PARTS.items():
                tensor = theirs[f"h.{layer}.{their}.{last}"]
                ours[f"blocks.{layer}.{our}.{last}"] = tensor.T if tensor.dim() == 2 else tensor
    return ours


def is_one(s: TransformerSettings) -> bool:
    """Whether our Transformer of these settings is a GPT-2."""
    same = all(getattr(s, name) == value for name, value in SAME.items())
    return same and s.n_kv_head in (0, s.n_head) and s.activation in ACTIVATIONS.values()


def config_of(s: TransformerSettings) -> dict[str, Any]:
    """Its config.json, but for its tokens: `settings_of` backwards."""
    theirs = {our: their for their, our in reversed(ACTIVATIONS.items())}  # the first name of each
    return {
        "n_layer": s.n_layer,
        "n_head": s.n_head,
        "n_embd": s.n_embd,
        "n_positions": s.block_size,
        "n_inner": s.mlp_width or None,
        "activation_function": theirs[s.activation],
        "layer_norm_epsilon": s.norm_eps or LAYER_EPS,
        "tie_word_embeddings": s.tied,
    }


def as_theirs(ours: Mapping[str, Tensor], s: TransformerSettings) -> dict[str, Tensor]:
    """Our tensors under GPT-2's names: `as_ours` backwards, a bias that is not there as zeros."""
    theirs = {"transformer.wte.weight": ours["embedding.weight"]}
    theirs["transformer.wpe.weight"] = ours["positions.table.weight"]
    theirs["lm_head.weight"] = ours["head.weight"]
    names = {"norm": "ln_f"}
    for layer in range(s.n_layer):
        names |= {f"blocks.{layer}.{our}": f"h.{layer}.{their}" for their, our in PARTS.items()}
    for our, their in names.items():
        weight = ours[f"{our}.weight"]
        bias = ours.get(f"{our}.bias", torch.zeros(len(weight)))
        theirs[f"transformer.{their}.weight"] = weight.T if weight.dim() == 2 else weight
        theirs[f"transformer.{their}.bias"] = bias
    return theirs

"""torch's own Transformer and ours: which of its tensors is which of ours."""

import torch
from torch import Tensor, nn

SAME = {
    "self_attn.in_proj_": "attention.qkv.",
    "self_attn.out_proj.": "attention.out.",
    "multihead_attn.out_proj.": "cross.out.",
    "linear1.": "mlp.up.",
    "linear2.": "mlp.down.",
    "norm1.": "norm_attention.",
    "norm3.": "norm_mlp.",  # of a decoder; an encoder has two norms
}


def as_ours(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors (weights, or their gradients) of an `nn.TransformerEncoder` or `-Decoder` under the
    names of our stacks."""
    three = any("norm3" in name for name in theirs)
    ours = {}
    for name, tensor in theirs.items():
        path = name.replace("layers.", "blocks.")
        for their, our in SAME.items():
            path = path.replace(their, our)
        path = path.replace("norm2.", "norm_cross." if three else "norm_mlp.")
        if "multihead_attn.in_proj_" in path:
            q = path.replace("multihead_attn.in_proj_", "cross.q.")
            kv = path.replace("multihead_attn.in_proj_", "cross.kv.")
            third = len(tensor) // 3
            ours[q], ours[kv] = tensor[:third], tensor[third:]
        else:
            ours[path] = tensor
    return ours


def gradients(module: nn.Module) -> dict[str, Tensor]:
    return {name: weight.grad for name, weight in module.named_parameters()}


def lively(module: nn.Module, seed: int = 0) -> nn.Module:
    """Biases and scales that are not 0 and 1, or they would hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in module.parameters():
            weight += 0.1 * torch.randn(weight.shape, generator=generator)
    return module

"""The decoder is the one of others, given the same weights: GPT-2's, and torch's own layer, which
places its norms as the paper of 2017 did."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lm_core.foreign.gpt2 import as_ours
from lm_core.models.attention import causal_mask, make_mask
from lm_core.models.transformer import Block, Transformer, TransformerSettings
from tests.tiny import some_ids

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
L, H, C, V, T = 3, 4, 32, 50, 16


def test_it_is_gpt2_when_its_settings_are() -> None:
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes = {"n_layer": L, "n_head": H, "n_embd": C}
    quiet = {"embd_pdrop": 0.0, "attn_pdrop": 0.0, "resid_pdrop": 0.0}
    ends = {"bos_token_id": 0, "eos_token_id": 0}
    theirs = GPT2LMHeadModel(GPT2Config(vocab_size=V, n_positions=T, **sizes, **quiet, **ends))
    with torch.no_grad():  # biases and scales that are not 0 and 1, or they would hide mistakes
        for weight in theirs.parameters():
            weight += 0.1 * torch.randn_like(weight)
    settings = TransformerSettings(
        **sizes,
        block_size=T,
        position="learned",
        norm="layer",
        activation="gelu-tanh",
        qk_norm=False,
        bias=True,
        tied=True,
    )
    ours = Transformer(settings, V)
    assert not ours.load_state_dict(as_ours(theirs.state_dict(), L), strict=False).unexpected_keys
    assert ours.n_parameters == theirs.num_parameters()

    text = some_ids(3, T + 1, V)
    idx, targets = text[:, :-1], text[:, 1:]
    expected = theirs(idx)
    torch.testing.assert_close(ours(idx)[0], expected.logits, **CLOSE)
    loss = ours.nats(idx, targets)[0].mean()
    their_loss = F.cross_entropy(expected.logits.flatten(0, 1), targets.flatten())
    torch.testing.assert_close(loss, their_loss, **CLOSE)

    loss.backward()
    their_loss.backward()
    grads = as_ours({name: p.grad for name, p in theirs.named_parameters()}, L)
    assert set(grads) == {name for name, _ in ours.named_parameters()}
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, grads[name], **CLOSE)

    theirs.eval(), ours.eval()
    with torch.inference_mode():  # and with a cache, token by token
        state = None
        for t in range(T):
            logits, state = ours(idx[:, t : t + 1], state)
            torch.testing.assert_close(logits[:, 0], expected.logits[:, t], **CLOSE)


@pytest.mark.parametrize("place", ["after", "before"])
@pytest.mark.parametrize("activation", ["relu", "gelu"])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padded", [True, False])
def test_a_block_is_torchs_layer(place: str, activation: str, causal: bool, padded: bool) -> None:
    settings = TransformerSettings(
        n_head=H,
        n_embd=C,
        position="sinusoidal",
        norm="layer",
        norm_place=place,
        activation=activation,
        qk_norm=False,
        bias=True,
    )
    ours = Block(settings, causal=causal)
    theirs = nn.TransformerEncoderLayer(
        C, H, 4 * C, 0.0, activation, batch_first=True, norm_first=place == "before"
    )
    with torch.no_grad():
        for weight in theirs.parameters():
            weight += 0.1 * torch.randn_like(weight)
    ours.load_state_dict(of_torch(dict(theirs.named_parameters())))
    x = torch.randn(3, T, C)
    padding = torch.arange(T) >= torch.tensor([[T], [5], [1]]) if padded else None
    cpu = torch.device("cpu")
    y, _ = ours(x, mask=make_mask(T, T, cpu, causal=causal, padding=padding))
    ahead = ~causal_mask(T, T, cpu) if causal else None
    expected = theirs(x, src_mask=ahead, src_key_padding_mask=padding)
    torch.testing.assert_close(y, expected, **CLOSE)
    for result in (y, expected):
        (result * x).mean().backward()
    grads = of_torch({name: p.grad for name, p in theirs.named_parameters()})
    for name, weight in ours.named_parameters():
        torch.testing.assert_close(weight.grad, grads[name], **CLOSE)


def of_torch(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Tensors of `nn.TransformerEncoderLayer` under our names."""
    names = {
        "self_attn.in_proj_": "attention.qkv.",
        "self_attn.out_proj.": "attention.out.",
        "linear1.": "mlp.up.",
        "linear2.": "mlp.down.",
        "norm1.": "norm_attention.",
        "norm2.": "norm_mlp.",
    }
    return {
        our + last: theirs[their + last]
        for their, our in names.items()
        for last in ("weight", "bias")
    }

"""A head gives the surprise that the plain cross-entropy of its logits gives, whatever it does."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from lm_core.models import heads
from lm_core.models.contract import IGNORED
from lm_core.models.heads import (
    AdaptiveHead,
    LinearHead,
    StripNats,
    make_head,
    plain_nats,
    smoothed_nats,
)


def some(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def problem(B: int, T: int, C: int, V: int, seed: int = 0) -> tuple[torch.Tensor, ...]:
    """x (B, T, C), weight, bias, targets (B, T) with some padding."""
    generator = torch.Generator().manual_seed(seed)
    targets = torch.randint(-1, V, (B, T), generator=generator)
    return some(B, T, C, seed=seed), some(V, C, seed=seed + 1), some(V, seed=seed + 2), targets


@given(
    B=st.integers(1, 3), T=st.integers(1, 9), C=st.integers(1, 8), V=st.integers(1, 40),
    at_once=st.sampled_from([1, 60, 100_000]), bias=st.booleans(), seed=st.integers(0, 3),
    alike=st.booleans(),
)  # fmt: skip
def test_strips_are_the_plain_cross_entropy(
    B: int, T: int, C: int, V: int, at_once: int, bias: bool, seed: int, alike: bool
) -> None:
    x, W, b, targets = problem(B, T, C, V, seed)
    b = b if bias else None
    weights = torch.full((B * T,), 0.3) if alike else some(B * T)
    leaves = [t.clone().requires_grad_() for t in (x, W, b) if t is not None]
    twins = [t.clone().requires_grad_() for t in (x, W, b) if t is not None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(heads, "STRIP", at_once)
        given, dtype = (*leaves, None)[:3], torch.float32
        nats = StripNats.apply(given[0].flatten(0, 1), given[1], given[2], targets.flatten(), dtype)
        (nats * weights).sum().backward()
    plain = plain_nats(F.linear(*twins), targets).flatten()
    (plain * weights).sum().backward()
    torch.testing.assert_close(nats, plain, atol=1e-5, rtol=1e-5)
    for ours, theirs in zip(leaves, twins, strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-4, rtol=1e-4)


def test_the_table_of_all_logits_is_never_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saved for the gradient: what came in and one number a place, nothing of size N V."""
    monkeypatch.setattr(heads, "AT_ONCE", 1000)
    monkeypatch.setattr(heads, "STRIP", 1000)
    head, saved = LinearHead(4, 500), []
    x, _, _, targets = problem(4, 8, 4, 500)
    with torch.autograd.graph.saved_tensors_hooks(
        lambda t: saved.append(t.numel()) or t, lambda t: t
    ):
        head.nats(x.requires_grad_(), targets).sum().backward()
    assert max(saved) == head.weight.numel() < 4 * 8 * 500
    assert max(s.stop - s.start for s in heads._strips(32, 500)) * 500 <= 1000


def test_products_in_bfloat16_give_the_gradient_to_its_digits() -> None:
    x, W, b, targets = problem(4, 8, 16, 200)
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        leaves = [t.clone().requires_grad_() for t in (x, W, b)]
        nats = StripNats.apply(leaves[0].flatten(0, 1), *leaves[1:], targets.flatten(), dtype)
        nats.mean().backward()
        found.append([t.grad for t in leaves])
    for full, half in zip(*found, strict=True):
        assert half.dtype == torch.float32
        assert 0 < (full - half).norm() < 0.02 * full.norm()


@pytest.mark.parametrize("kind", heads.HEADS)
@pytest.mark.parametrize("V", [2, 3, 27, 1000])
def test_an_untrained_head_says_every_token_alike(kind: str, V: int) -> None:
    head = make_head(kind, 16, V)
    x, targets = some(2, 5, 16), torch.randint(V, (2, 5))
    torch.testing.assert_close(head.nats(x, targets), torch.full((2, 5), math.log(V)))


@pytest.mark.parametrize("V", [3, 27, 1000])
def test_the_adaptive_head_is_a_distribution_that_its_nats_agree_with(V: int) -> None:
    head = AdaptiveHead(16, V)
    with torch.no_grad():
        for i, weight in enumerate(head.parameters()):
            weight += some(*weight.shape, seed=i)
    x, targets = (
        some(2, 5, 16),
        torch.randint(-1, V, (2, 5), generator=torch.Generator().manual_seed(1)),
    )
    logs = head(x)
    torch.testing.assert_close(logs.exp().sum(-1), torch.ones(2, 5))
    torch.testing.assert_close(
        head.nats(x, targets), plain_nats(logs, targets), atol=1e-5, rtol=1e-5
    )
    assert not head.nats(x, targets)[targets == IGNORED].any()


def test_the_adaptive_head_has_fewer_weights() -> None:
    count = lambda head: sum(p.numel() for p in head.parameters())  # noqa: E731
    assert count(AdaptiveHead(128, 20_000)) < 0.5 * count(LinearHead(128, 20_000))


def test_in_the_adaptive_head_a_group_that_nobody_asked_for_has_a_gradient_of_zero() -> None:
    head = AdaptiveHead(32, 100).train()
    nats = head.nats(torch.ones(1, 3, 32), torch.zeros(1, 3, dtype=torch.int64))
    gradients = torch.autograd.grad(nats.sum(), list(head.parameters()))
    assert gradients[0].any()
    assert not any(gradient.any() for gradient in gradients[2:])


def test_the_adaptive_head_learns() -> None:
    torch.manual_seed(0)
    head, x = AdaptiveHead(64, 200), some(1, 32, 64)
    targets = torch.randint(200, (1, 32), generator=torch.Generator().manual_seed(2))
    optimizer = torch.optim.Adam(head.parameters(), lr=0.05)
    for _ in range(150):
        loss = head.nats(x, targets).mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss.item() < 0.1


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5, 1.0])
def test_smoothed_surprise_is_that_of_torch_and_of_the_paper(smoothing: float) -> None:
    """At torch's mean too: padding counts for nothing. And the gradient."""
    logits = some(3, 7, 11).requires_grad_()
    *_, targets = problem(3, 7, 2, 11)
    assert (targets == IGNORED).any()
    nats = smoothed_nats(logits, targets, smoothing)
    how = {"ignore_index": IGNORED, "label_smoothing": smoothing}
    flat = (logits.flatten(0, 1), targets.flatten())
    torch.testing.assert_close(nats.flatten(), F.cross_entropy(*flat, reduction="none", **how))
    mean, scored = F.cross_entropy(*flat, **how), targets != IGNORED
    torch.testing.assert_close(nats.sum() / scored.sum(), mean)
    (ours,) = torch.autograd.grad(nats.sum() / scored.sum(), logits, retain_graph=True)
    torch.testing.assert_close(ours, torch.autograd.grad(mean, logits)[0])

    logs = logits.log_softmax(dim=-1)
    wanted = F.one_hot(targets.clamp(min=0), 11) * (1 - smoothing) + smoothing / 11
    by_definition = -(wanted * logs).sum(dim=-1) * scored
    torch.testing.assert_close(nats, by_definition)
    if smoothing == 0.0:
        torch.testing.assert_close(nats, plain_nats(logits, targets))

import pytest
import torch
from torch import nn

from lm_core.training.muon import ROUNDS, Muon, orthogonal

SHAPES = [(12, 4), (4, 12), (8, 8)]


def some(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_polynomial_acts_on_singular_values_alone(shape: tuple[int, int]) -> None:
    X = some(*shape)
    U, S, Vt = torch.linalg.svd(X, full_matrices=False)
    S = S / S.norm()
    for a, b, c in ROUNDS:
        S = a * S + b * S**3 + c * S**5
    expected = U @ torch.diag(S) @ Vt
    torch.testing.assert_close(orthogonal(X[None])[0], expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("shape", [(32, 16), (16, 64), (64, 64)])
def test_singular_values_come_near_one(shape: tuple[int, int]) -> None:
    values = torch.linalg.svdvals(orthogonal(some(*shape)[None])[0])
    assert values.max() < 1.25
    assert values.median() > 0.65


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_the_muon_of_torch_in_more_digits(shape: tuple[int, int]) -> None:
    ours, theirs = nn.Parameter(some(*shape)), nn.Parameter(some(*shape))
    settings = {"lr": 0.02, "weight_decay": 0.1}
    one, other = Muon([ours], **settings), torch.optim.Muon([theirs], nesterov=True, **settings)
    for k in range(4):
        ours.grad, theirs.grad = some(*shape, seed=k + 1), some(*shape, seed=k + 1)
        one.step(), other.step()
    # torch computes the direction in bfloat16, which keeps two or three digits.
    moved = (ours - some(*shape)).norm()
    assert (ours - theirs).norm() < 0.03 * moved


def test_bfloat16_gives_the_direction_to_its_three_digits() -> None:
    X = some(3, 64, 16)
    full, half = orthogonal(X), orthogonal(X, torch.bfloat16)
    assert half.dtype == torch.float32
    assert 0 < (full - half).norm() < 0.02 * full.norm()


def test_matrices_of_one_shape_together_are_as_each_alone() -> None:
    together = [nn.Parameter(some(6, 4, seed=k)) for k in range(3)]
    alone = [nn.Parameter(some(6, 4, seed=k)) for k in range(3)]
    optimizers = [Muon(together), *(Muon([p]) for p in alone)]
    for k, (a, b) in enumerate(zip(together, alone, strict=True)):
        a.grad, b.grad = some(6, 4, seed=10 + k), some(6, 4, seed=10 + k)
    for optimizer in optimizers:
        optimizer.step()
    for a, b in zip(together, alone, strict=True):
        torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-6)


def test_a_matrix_without_a_gradient_stays() -> None:
    weight = nn.Parameter(some(4, 4))
    Muon([weight]).step()
    assert torch.equal(weight, some(4, 4))

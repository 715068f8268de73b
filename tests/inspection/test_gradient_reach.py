"""How far back the gradient reaches, beside automatic differentiation of one place by hand."""

import math

import pytest
import torch
from torch.nn import functional as F

from lm_core.errors import Unsupported
from lm_core.inspection.gradient_reach import gradient_reach, half_life, reads_vectors
from tests.tiny import lively_model, some_ids


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
def test_one_place_is_what_autograd_gives_for_the_vectors_themselves(family: str) -> None:
    model = lively_model(family).train()
    row = some_ids(1, 7, 27)
    found = gradient_reach(model, row)
    assert model.training
    assert all(parameter.grad is None for parameter in model.parameters())
    model.eval()
    x = model.embedding(row[:, :-1]).detach().requires_grad_()  # (1, T, E)
    y, _ = model.body(x)
    loss = -model.head(y)[0, -1].log_softmax(-1)[row[0, -1]]
    loss.backward()
    expected = x.grad[0].norm(dim=-1).flip(0)  # (T,), the last token first
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize("family", ["lstm", "transformer"])
def test_it_is_the_mean_over_places_and_the_slope_of_the_loss(family: str) -> None:
    model, rows = lively_model(family).eval(), some_ids(20, 9, 27)
    found = gradient_reach(model, rows)
    each = torch.stack([gradient_reach(model, row[None]) for row in rows])
    torch.testing.assert_close(found, each.mean(0), atol=1e-6, rtol=1e-4)
    # Nudge the vector of the token that stands two back along its gradient.
    assert reads_vectors(model)
    row, nudge = rows[:1], torch.zeros(1, 8, 32)

    def loss() -> torch.Tensor:
        hook = model.embedding.register_forward_hook(lambda m, given, out: out + nudge)
        try:
            return F.cross_entropy(model(row[:, :-1])[0][:, -1], row[:, -1])
        finally:
            hook.remove()

    nudge.requires_grad_()
    (slope,) = torch.autograd.grad(loss(), nudge)
    direction = slope[0, 5] / slope[0, 5].norm()
    nudge = torch.zeros(1, 8, 32)
    with torch.no_grad():
        nudge[0, 5] = 1e-2 * direction
        up = loss()
        nudge[0, 5] = -1e-2 * direction
        down = loss()
    assert float(up - down) / 2e-2 == pytest.approx(float(each[0][2]), rel=0.02)


def test_who_reads_no_vectors_or_windows_of_them_is_refused() -> None:
    for family in ("bigram", "ngram", "mlp", "encoder"):
        model = lively_model(family)
        assert not reads_vectors(model)
        with pytest.raises(Unsupported, match="no vector"):
            gradient_reach(model, some_ids(1, 4, 27))


def test_what_halves_at_each_token_halves_at_each() -> None:
    assert half_life(0.5 ** torch.arange(9.0)) == pytest.approx(1)
    assert half_life(0.5 ** (torch.arange(9.0) / 3)) == pytest.approx(3)
    assert half_life(torch.ones(5)) == math.inf
    assert half_life(torch.tensor([1.0, 0.0])) == math.inf

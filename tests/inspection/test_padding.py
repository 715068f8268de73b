"""Padding gets nothing from whom it matters, and nobody notices it."""

import pytest
import torch

from lm_core.errors import ContextTooLong, Unsupported
from lm_core.inspection.padding import padded
from tests.tiny import lively_model, some_ids

V = 27


@pytest.mark.parametrize(
    ("family", "settings", "told"),
    [
        ("transformer", {}, False),
        ("transformer", {"position": "alibi"}, False),
        ("encoder", {}, True),
        ("encoder", {"position": "alibi"}, True),
    ],
)
def test_nobody_notices_it(family: str, settings: dict, told: bool) -> None:
    found = padded(lively_model(family, V, **settings), some_ids(6, V), 3)
    assert found.told == told
    assert found.noticed < 1e-6
    assert not found.weights[:6, 6:].any()
    assert torch.equal(found.weights > 0, found.seen)
    torch.testing.assert_close(found.weights[:6].sum(-1), torch.ones(6))


def test_a_source_is_padded_too() -> None:
    model = lively_model("encoder-decoder", V)
    found = padded(model, some_ids(5, V), 2, source=True)
    assert found.told
    assert found.noticed < 1e-6
    assert not found.weights[:, 5:].any()


def test_what_does_not_fit_or_has_none_is_said() -> None:
    with pytest.raises(ContextTooLong):
        padded(lively_model("transformer", V), some_ids(16, V), 1)
    with pytest.raises(Unsupported):
        padded(lively_model("lstm", V), some_ids(6, V), 1)

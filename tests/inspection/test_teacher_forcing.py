"""What a translator gives while it is shown what is right, with its mask and without."""

import pytest
import torch

from lm_core.errors import ContextTooLong, Unsupported
from lm_core.generation.translating import TranslationSession
from lm_core.inspection import forced, has_mask
from lm_core.models.building import build_model
from lm_core.models.translating import Translates
from tests.tiny import stir, tiny_settings

SOURCE, TARGET = [5, 6, 7, 8], [3, 1, 2, 5]


def lively(family: str, **options) -> Translates:
    sizes = {"vocab_size": 7, "source_size": 16}
    return stir(build_model(family, tiny_settings(family, **options), sizes), noise=0.3)


@pytest.mark.parametrize("family", ["encoder-decoder", "rnn-translator"])
def test_with_the_mask_it_is_what_is_said_token_by_token(family: str) -> None:
    model = lively(family).train()
    found = forced(model, SOURCE, TARGET, boundary_id=0)
    assert model.training
    session = TranslationSession(model, SOURCE, boundary_id=0)
    logits = torch.stack([session.logits, *(session.step(id) for id in TARGET)])
    shares = logits.softmax(-1)
    right = [float(shares[place, id]) for place, id in enumerate([*TARGET, 0])]
    assert found.right == pytest.approx(right, abs=1e-5)
    assert found.likeliest == shares.argmax(-1).tolist()


def test_without_the_mask_what_is_to_come_is_seen() -> None:
    model, other = lively("encoder-decoder"), [3, 1, 2, 6]  # the last is another
    masked = [forced(model, SOURCE, target, boundary_id=0).right for target in (TARGET, other)]
    seeing = [
        forced(model, SOURCE, target, boundary_id=0, causal=False).right
        for target in (TARGET, other)
    ]
    assert masked[0][:3] == pytest.approx(masked[1][:3], abs=1e-6)
    assert all(abs(a - b) > 1e-6 for a, b in zip(*(one[:3] for one in seeing), strict=True))


def test_without_the_mask_it_is_the_same_weights_with_every_place_open() -> None:
    """By hand: the decoder over a target of which each place may look at each."""
    model = lively("encoder-decoder").eval()
    source, before = torch.tensor([SOURCE]), torch.tensor([[0, *TARGET]])
    with torch.no_grad():
        x = model.placed(model.embedding(before))
        rotary = model.positions.rotary(0, 5)
        x, _, _ = model.decoder(
            x, model.encode(source), mask=torch.ones(5, 5, dtype=torch.bool), rotary=rotary
        )
        shares = model.head(x)[0].softmax(-1)
    found = forced(model, SOURCE, TARGET, boundary_id=0, causal=False)
    right = [float(shares[place, id]) for place, id in enumerate([*TARGET, 0])]
    assert found.right == pytest.approx(right, abs=1e-6)


def test_where_there_is_no_mask_none_is_taken_away() -> None:
    model = lively("rnn-translator")
    assert has_mask(type(lively("encoder-decoder")))
    assert not has_mask(type(model))
    with pytest.raises(Unsupported, match="no mask"):
        forced(model, SOURCE, TARGET, boundary_id=0, causal=False)


def test_more_than_the_model_takes_is_refused() -> None:
    with pytest.raises(ContextTooLong):
        forced(lively("encoder-decoder", block_size=4), SOURCE, TARGET, boundary_id=0)

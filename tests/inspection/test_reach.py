"""How far back a guess had to look, of families that look far, a little, and one token back."""

import pytest
import torch

from lm_core.checkpoints import build_model
from lm_core.inspection import reach

V, IDS = 7, [1, 2, 3, 1, 2, 3, 1]


def counted(name: str, **settings):
    model = build_model(name, settings, V)
    ids = torch.randint(V, (300,), generator=torch.Generator().manual_seed(0))
    model.fit(ids, torch.zeros(1, dtype=torch.int64))
    return model


def test_the_last_is_what_the_whole_text_gives_and_the_others_less_of_it() -> None:
    torch.manual_seed(0)
    settings = {"n_layer": 1, "n_head": 1, "n_embd": 8, "block_size": 8}
    model = build_model("transformer", settings, V).train()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    found = reach(model, IDS, 2)
    assert model.training
    model.eval()
    assert [n for n, _ in found] == [1, 2, 4, 7]
    for n, p in found:
        logits, _ = model(torch.tensor([IDS[-n:]]))
        assert p == pytest.approx(float(logits[0, -1].detach().softmax(-1)[2]), rel=1e-4)
    assert len({round(p, 6) for _, p in found}) == 4


def test_a_bigram_needs_one_token_and_a_trigram_two() -> None:
    one, *more = [p for _, p in reach(counted("bigram"), IDS, 2)]
    assert more == pytest.approx([one] * 3)
    one, two, *more = [p for _, p in reach(counted("ngram", order=3), IDS, 2)]
    assert more == pytest.approx([two] * 2)
    assert one != pytest.approx(two)


@pytest.mark.parametrize(("length", "asked"), [(1, [1]), (2, [1, 2]), (4, [1, 2, 4])])
def test_a_short_text_is_asked_no_longer_than_it_is(length: int, asked: list[int]) -> None:
    assert [n for n, _ in reach(counted("bigram"), IDS[:length], 2)] == asked

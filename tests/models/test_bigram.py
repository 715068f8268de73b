"""The counted bigram: its table, its figures, and what is impossible without smoothing."""

import math
import os
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from safetensors.torch import load, save

from lm_core.corpora.load import load_corpus
from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.generation import SamplerSettings, generate
from lm_core.models import models
from lm_core.models.bigram import MOST_TOKENS, Bigram, BigramSettings, pairs
from lm_core.models.contract import LanguageModel
from lm_core.tokenizers.char import CharTokenizer
from tests.marks import most_slow
from tests.tiny import NAMES, some_ids

LETTERS = CharTokenizer(["\n", *"abcdefghijklmnopqrstuvwxyz"])  # the boundary is 0, a is 1


def stream(names: list[str]) -> Encoded:
    return encode_documents(names, LETTERS, items=True)


def counted(names: list[str], k: float = 1.0) -> Bigram:
    model, data = Bigram(BigramSettings(k=k), LETTERS.vocab_size), stream(names)
    model.fit(data.ids, data.starts)
    return model


def mean_nats(model: Bigram, names: list[str]) -> float:
    ids = stream(names).ids[None]
    return model.nats(ids[:, :-1], ids[:, 1:])[0].double().mean().item()


def test_registered_as_the_first_rung() -> None:
    entry = models["bigram"]
    assert entry.build.learns_by == "counting"
    assert entry.equation == "p(w | v) = (c(vw) + k) / (c(v) + k V)"
    assert entry.order == min(other.order for other in models)


def test_the_pairs_of_emma() -> None:
    xs, ys = pairs(stream(["emma"]).ids)
    assert xs.tolist() == [0, 5, 13, 13, 1]
    assert ys.tolist() == [5, 13, 13, 1, 0]


def test_the_table_counts_them() -> None:
    table = counted(["emma"]).counts
    assert table.shape == (27, 27)
    assert table.dtype == torch.int64
    assert table.nonzero().tolist() == [[0, 5], [1, 0], [5, 13], [13, 1], [13, 13]]
    assert table.sum() == 5


def test_counting_is_what_a_dictionary_counts() -> None:
    written = Counter(pair for name in NAMES for pair in pairwise(f"\n{name}\n"))
    table = counted(NAMES).counts
    for (a, b), n in written.items():
        assert table[LETTERS.encode(a)[0], LETTERS.encode(b)[0]] == n
    assert table.sum() == sum(written.values())
    again = counted(["zoe"])
    data = stream(NAMES)
    again.fit(data.ids, data.starts)  # from scratch
    assert torch.equal(again.counts, table)


@pytest.mark.parametrize("k", most_slow([0.0, 1.0, 5.0], quick=[1.0]))
def test_surprise_of_the_shipped_names_is_that_of_their_counts(k: float) -> None:
    names = load_corpus("names").splits["train"]
    count = Counter(pair for name in names for pair in pairwise(f"\n{name}\n"))
    first = Counter()
    for (a, _), n in count.items():
        first[a] += n
    nats = -sum(n * math.log((n + k) / (first[a] + 27 * k)) for (a, _), n in count.items())
    expected = nats / sum(count.values())
    assert mean_nats(counted(names, k), names) == pytest.approx(expected, rel=1e-6)


def test_surprise_of_all_the_names_with_their_doubles() -> None:
    path = Path(os.environ.get("LM_LAB_TEST_DATA", ""), "names.txt")
    if not path.is_file():
        pytest.skip("set LM_LAB_TEST_DATA to a folder that holds names.txt")
    names = path.read_text().split()
    assert len(names) == 32_033
    for k, published in {0.0: 2.4540, 1.0: 2.4546, 5.0: 2.4577}.items():
        assert round(mean_nats(counted(names, k), names), 4) == published
        assert math.isinf(mean_nats(counted(names, k), ["jqaguar"])) == (k == 0)


def test_a_new_pair_is_infinitely_surprising_until_one_is_added() -> None:
    names = [name for name in load_corpus("names").splits["train"] if "jq" not in name]
    ids = stream(["jqaguar"]).ids[None]
    nats, _ = counted(names, k=0.0).nats(ids[:, :-1], ids[:, 1:])
    assert nats[0, 1] == math.inf  # q after j
    assert nats[0, [0, 2, 3, 4, 5, 6, 7]].isfinite().all()
    assert nats.sum() == math.inf
    assert math.isfinite(mean_nats(counted(names, k=1.0), ["jqaguar"]))


def test_what_is_impossible_is_never_a_nan() -> None:
    model = Bigram(BigramSettings(k=0.0), 4)
    model.fit(torch.tensor([0, 1, 0, 2]), torch.zeros(1, dtype=torch.int64))
    idx, targets = torch.tensor([[0, 0, 1, 2, 3, 0]]), torch.tensor([[1, 3, 0, 3, 0, -1]])
    nats, _ = model.nats(idx, targets)  # nothing ever followed 2 or 3: there all are alike
    expected = [math.log(2), math.inf, 0.0, math.log(4), math.log(4), 0.0]
    assert nats[0].tolist() == pytest.approx(expected)
    assert torch.equal(super(Bigram, model).nats(idx, targets)[0].isinf(), nats.isinf())
    assert not model(idx)[0].isnan().any()


def test_rows_sum_to_one_and_k_makes_them_alike() -> None:
    for k in (0.0, 1.0, 1e6):
        p = counted(NAMES, k).probabilities()
        assert torch.allclose(p.sum(1), torch.ones(27, dtype=torch.float64))
    assert torch.allclose(p, torch.full_like(p, 1 / 27), atol=1e-4)
    ids = stream(["zoe"]).ids
    model = counted(NAMES)
    logits, _ = model(ids[None])
    torch.testing.assert_close(logits[0].exp().double(), model.probabilities()[ids])


def test_looking_up_the_targets_is_what_the_logits_say() -> None:
    model = Bigram(BigramSettings(k=0.3), 9)
    model.fit(some_ids(200, 9), torch.zeros(1, dtype=torch.int64))
    idx, targets = some_ids(3, 20, 9, seed=1), some_ids(3, 20, 9, seed=2)
    expected = LanguageModel.nats(model, idx, targets)[0]
    torch.testing.assert_close(model.nats(idx, targets)[0], expected)


def test_writing_takes_only_pairs_that_occurred_and_the_seed_decides() -> None:
    model = counted(NAMES, k=0.0)

    def write(seed: int) -> list[int]:
        sampler = SamplerSettings(temperature=1.5)
        written = generate(model, [0], max_tokens=200, sampler=sampler, seed=seed)
        return [0, *(step.ids.item() for step in written)]

    text = write(1)
    assert (model.counts[text[:-1], text[1:]] > 0).all()
    assert text == write(1) != write(2)
    assert len(set(text)) > 10


def test_a_vocabulary_too_large_for_a_table_is_refused() -> None:
    with pytest.raises(BadSettings, match="take ngram with order 2"):
        Bigram(BigramSettings(), MOST_TOKENS + 1)
    with pytest.raises(BadSettings, match="k must be from 0"):
        BigramSettings(k=-1.0)


def test_saved_counts_come_back_and_damaged_ones_are_refused() -> None:
    model = counted(NAMES)
    loaded = Bigram(BigramSettings(), 27)
    loaded.load_state_dict(load(save(model.state_dict())))
    assert torch.equal(loaded.counts, model.counts)
    table = model.counts
    for counts in (table - 1, table[:5], table.double(), table.view(1, 27, 27)):
        with pytest.raises(BadCheckpoint, match="copy the checkpoint again, or retrain"):
            loaded.load_state_dict({"counts": counts})
    with pytest.raises(BadCheckpoint):
        loaded.load_state_dict({"table": table})
    assert torch.equal(loaded.counts, table)

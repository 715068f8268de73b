"""Every mean beside a loop that says the same."""

from collections import defaultdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.encoded import Encoded, encode_documents
from lm_core.errors import Unsupported
from lm_core.evaluation import token_nats
from lm_core.evaluation.differences import (
    Mean,
    by_distance,
    by_frequency,
    by_length,
    by_place,
    by_sentence,
    reach,
    sentence_ends,
)
from lm_core.models.contract import IGNORED
from tests.tiny import NAMES, TEXT, encoded, lively_model

words = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8)


def some(names: list[str]) -> tuple[Encoded, torch.Tensor, list[str]]:
    """Items, a surprise for each token but the first, and the tokens as letters, b the boundary."""
    tokenizer, part = encoded(names, items=True)
    nats = torch.rand(part.predictions, generator=torch.Generator().manual_seed(1)) * 5
    return part, nats, [tokenizer.token_text(int(i)) for i in part.ids]


def flat(bins: list[Mean]) -> dict[int, tuple[float, int]]:
    return {one.low: (one.nats, one.tokens) for one in bins}


def means(pairs: list[tuple[int, float]]) -> dict[int, tuple[float, int]]:
    groups = defaultdict(list)
    for number, nats in pairs:
        groups[number].append(nats)
    return {
        number: (pytest.approx(sum(of) / len(of), rel=1e-5), len(of))
        for number, of in groups.items()
    }


@given(words)
def test_place_and_length_are_those_of_the_item(names: list[str]) -> None:
    part, nats, _ = some(names)
    places, lengths, k = [], [], 0
    for name in names:
        for place in range(1, len(name) + 2):  # its letters, and the boundary that ends it
            places.append((place, float(nats[k])))
            lengths.append((len(name) + 1, float(nats[k])))
            k += 1
    assert k == len(nats)
    assert flat(by_place(nats, part)) == means(places)
    assert flat(by_length(nats, part)) == means(lengths)


@given(words)
def test_the_last_time_is_looked_up_in_the_item_before(names: list[str]) -> None:
    part, nats, _ = some(names)
    pairs, k = [], 0
    for name in names:
        text = f"\n{name}\n"  # from its boundary to the one that ends it
        for t in range(1, len(text)):
            distance = t - text[:t].rfind(text[t]) if text[t] in text[:t] else 0
            pairs.append((distance, float(nats[k])))
            k += 1
    assert flat(by_distance(nats, part)) == means(pairs)


@given(words, words)
def test_frequency_is_that_of_the_training_text(names: list[str], read: list[str]) -> None:
    tokenizer, _ = encoded([*names, *read], items=True)
    part, train = (encode_documents(of, tokenizer, items=True) for of in (names, read))
    nats = torch.rand(part.predictions, generator=torch.Generator().manual_seed(2))
    counts = torch.bincount(train.ids, minlength=tokenizer.vocab_size).tolist()
    pairs = []
    for t in range(1, len(part.ids)):
        n = counts[int(part.ids[t])]
        pairs.append((0 if n == 0 else 10 ** (len(str(n)) - 1), float(nats[t - 1])))
    assert flat(by_frequency(nats, part, train, tokenizer.vocab_size)) == means(pairs)


@given(st.text("ab.!", min_size=2, max_size=40))
def test_a_sentence_is_what_stands_up_to_its_end(text: str) -> None:
    tokenizer, part = encoded([f"{text}.!"])  # both ends are known to it
    nats = torch.rand(part.predictions, generator=torch.Generator().manual_seed(3))
    letters, sentence, sentences = tokenizer.decode(part.ids[1:].tolist()), [], []
    for letter, one in zip(letters, nats.tolist(), strict=True):
        sentence.append(one)
        if letter in ".!":
            sentences.append(sentence)
            sentence = []
    sentences.append(sentence)
    pairs = [(1 if len(of) <= 3 else 4, one) for of in sentences for one in of]
    found = by_sentence(nats, part, sentence_ends(tokenizer), longest=(3,))
    assert flat(found) == means(pairs)


def test_running_text_has_one_beginning() -> None:
    _, part = encoded([TEXT])
    nats = torch.ones(part.predictions)
    found = by_place(nats, part)
    assert [one.tokens for one in found[:3]] == [1, 1, 1]
    assert sum(one.tokens for one in found) == part.predictions
    assert found[-1].label == "512 or more"
    assert Mean(8, 11, 1.0, 2).label == "8 to 11"
    assert Mean(3, 3, 1.0, 2).label == "3"


@pytest.mark.parametrize("family", ["ngram", "lstm", "transformer"])
def test_a_past_that_is_cut_is_read_as_a_text_of_its_own(family: str) -> None:
    _, part = encoded([TEXT])
    model = lively_model(family, int(part.ids.max()) + 1)
    found = reach(model, part, (1, 3, 8, 900), targets=7)
    sizes = [1, 3, 8]  # the text has no 900 tokens
    assert [one.low for one in found] == sizes
    at = torch.linspace(max(sizes), part.predictions, 7).round().long()
    for one in found:
        total = 0.0
        for t in at.tolist():
            idx = part.ids[t - one.low : t].unsqueeze(0)
            targets = torch.full_like(idx, IGNORED)
            targets[0, -1] = part.ids[t]
            with torch.inference_mode():
                total += float(model.nats(idx, targets)[0].sum())
        assert one.nats == pytest.approx(total / 7, rel=1e-5)
        assert one.tokens == 7
    assert not model.training


def test_an_n_gram_looks_back_no_further_than_its_order() -> None:
    tokenizer, part = encoded([TEXT])
    model = lively_model("ngram", tokenizer.vocab_size, order=3)
    model.fit(part.ids, part.starts)
    near, two, far = reach(model, part, (1, 2, 9))
    assert near.nats > two.nats == pytest.approx(far.nats, abs=1e-9)


def test_what_no_item_is_long_enough_for_is_left_out() -> None:
    tokenizer, part = encoded(NAMES, items=True)
    model = lively_model("lstm", tokenizer.vocab_size)
    found = reach(model, part, (1, 4, 50))
    assert [one.low for one in found] == [1, 4]
    deep = sum(max(0, len(name) + 1 - 3) for name in NAMES)  # tokens with four before them
    assert [one.tokens for one in found] == [min(500, deep)] * 2


def test_who_reads_both_sides_has_no_past_to_cut() -> None:
    tokenizer, part = encoded([TEXT])
    with pytest.raises(Unsupported, match="choose a model that writes"):
        reach(lively_model("encoder", tokenizer.vocab_size), part, (1, 2))


def test_all_bins_together_are_the_mean() -> None:
    tokenizer, part = encoded(NAMES, items=True)
    model = lively_model("gru", tokenizer.vocab_size)
    nats = token_nats(model, part)
    kinds = [by_place(nats, part), by_distance(nats, part), by_length(nats, part)]
    kinds.append(by_frequency(nats, part, part, tokenizer.vocab_size))
    for bins in kinds:
        whole = sum(one.nats * one.tokens for one in bins) / sum(one.tokens for one in bins)
        assert whole == pytest.approx(float(nats.double().mean()), rel=1e-6)

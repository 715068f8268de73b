"""The table found by gradient is the table found by counting."""

import math

import pytest
import torch
from torch import Tensor

from lm_core.corpora import load_corpus
from lm_core.encoded import encode_documents
from lm_core.errors import BadSettings
from lm_core.models.neural_bigram import MOST_TOKENS, NeuralBigram, NeuralBigramSettings
from lm_core.models.neural_bigram import one_hot_logits as twin
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import lively_model, some_ids, tiny_model

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


@pytest.fixture(scope="module")
def counts() -> Tensor:
    """How often each letter followed each in 2,000 names, (V, V)."""
    names = load_corpus("names").splits["train"][:2000]
    tokenizer = CharTokenizer.train(names)
    ids, V = encode_documents(names, tokenizer, items=True).ids, tokenizer.vocab_size
    return torch.bincount(ids[:-1] * V + ids[1:], minlength=V * V).view(V, V)


def learned(counts: Tensor, *, l2: float = 0.0, steps: int = 250) -> NeuralBigram:
    """A model trained on all pairs at each step: pairs that are alike are read once and weighted
    by how often they came."""
    model = NeuralBigram(NeuralBigramSettings(l2=l2), len(counts)).train()
    first, second = counts.nonzero(as_tuple=True)
    share = counts[first, second] / counts.sum()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
    for _ in range(steps):
        nats, penalty, _ = model.objective(first.unsqueeze(0), second.unsqueeze(0))
        ((nats[0] * share).sum() + penalty).backward()
        optimizer.step()
        optimizer.zero_grad()
    return model


def table(model: NeuralBigram) -> Tensor:
    """Probability of each token after each, (V, V)."""
    every = torch.arange(model.vocab_size).view(1, -1)
    with torch.inference_mode():
        return model(every)[0][0].softmax(dim=-1)


def loss(counts: Tensor, p: Tensor) -> float:
    """Mean surprise of the counted pairs under the table p."""
    return -(counts * p.log()).nan_to_num(posinf=0, neginf=0).sum().item() / counts.sum().item()


def test_looking_a_row_up_is_a_one_hot_vector_times_the_table() -> None:
    """Outputs and gradients; a row is looked up several times."""
    model = lively_model("neural-bigram")
    W, idx, targets = model.table.weight, some_ids(3, 20, 27), some_ids(3, 20, 27, seed=1)
    results = []
    for run in (lambda: model(idx)[0], lambda: twin(idx, W)):
        W.grad = None
        logits = run()
        logits.log_softmax(-1).gather(2, targets.unsqueeze(2)).sum().backward()
        results.append((logits.detach(), W.grad.clone()))
    for fast, plain in zip(*results, strict=True):
        torch.testing.assert_close(plain, fast, **CLOSE)
    assert results[0][1].any()


def test_it_learns_what_counting_gives(counts: Tensor) -> None:
    counted = counts / counts.sum(dim=1, keepdim=True)
    model = learned(counts)
    assert loss(counts, table(model)) == pytest.approx(loss(counts, counted), abs=1e-3)
    torch.testing.assert_close(table(model), counted, atol=0.02, rtol=0)
    assert 2.2 < loss(counts, counted) < 2.6  # names, and not something degenerate


def test_without_weights_all_tokens_are_alike() -> None:
    model = tiny_model("neural-bigram")
    torch.nn.init.zeros_(model.table.weight)
    torch.testing.assert_close(table(model), torch.full((27, 27), 1 / 27))
    nats, _ = model.nats(some_ids(2, 9, 27), some_ids(2, 9, 27, seed=1))
    torch.testing.assert_close(nats, torch.full((2, 9), math.log(27)))


def test_a_higher_price_of_weights_smooths_as_adding_to_counts_does(counts: Tensor) -> None:
    """Both ways move the table toward 1 / V and the loss on the text up, step by step."""
    V = len(counts)

    def seen(tables: list[Tensor]) -> tuple[list[float], list[float]]:
        away = [(p - 1 / V).abs().sum().item() for p in tables]
        return away, [loss(counts, p) for p in tables]

    by_price = seen([table(learned(counts, l2=l2)) for l2 in (0.01, 0.1, 1.0, 10.0, 100.0)])
    added = [counts + k for k in (0.1, 1, 10, 100, 1000)]
    by_count = seen([c / c.sum(dim=1, keepdim=True) for c in added])
    for away, losses in (by_price, by_count):
        assert away == sorted(away, reverse=True)
        assert losses == sorted(losses)
        assert len(set(away)) == len(set(losses)) == 5
        assert losses[0] < 2.6 < 3.0 < losses[-1] < math.log(V)


def test_the_price_is_the_mean_square_times_l2() -> None:
    model = lively_model("neural-bigram", l2=3.0)
    idx, targets = some_ids(2, 9, 27), some_ids(2, 9, 27, seed=1)
    nats, penalty, _ = model.objective(idx, targets)
    expected = 3.0 * sum(w**2 for w in model.table.weight.flatten().tolist()) / 27**2
    assert penalty.item() == pytest.approx(expected, rel=1e-5)
    assert torch.equal(nats, model.nats(idx, targets)[0])
    assert lively_model("neural-bigram").objective(idx, targets)[1] == 0.0


def test_a_table_that_is_too_large_is_refused() -> None:
    with pytest.raises(BadSettings, match="8,193 by 8,193 weights is too large: take mlp"):
        tiny_model("neural-bigram", V=MOST_TOKENS + 1)

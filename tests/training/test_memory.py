import pytest
import torch

from lm_core.tasks import NextToken
from lm_core.training import Budget, Trainer, TrainSettings, memory
from lm_core.training.events import Diagnosed, Failed
from tests.tiny import TEXT, encoded, tiny_model

TOKENIZER, RUNNING = encoded([TEXT])


def make(family: str = "transformer", rows: int = 16, **settings) -> Trainer:
    model = tiny_model(family, TOKENIZER.vocab_size)
    how = TrainSettings(batch_size=rows, **settings)
    return Trainer(NextToken(), model, {"train": RUNNING}, settings=how, budget=Budget(steps=3))


def full_above(training: Trainer, rows: int) -> Trainer:
    """A device on which more than so many rows do not fit."""
    inner = training.model.objective

    def objective(idx, targets, state=None):
        if len(idx) > rows:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return inner(idx, targets, state)

    training.model.objective = objective
    return training


@pytest.mark.parametrize("family", ["transformer", "lstm", "mlp"])
def test_what_a_row_costs_is_what_the_graph_keeps(family: str) -> None:
    training = make(family)
    list(training.run())
    saved = [memory.saved_bytes(training, rows) for rows in (1, 2, 4, 8)]
    fixed, each = memory.needs(training)
    assert each == (saved[2] - saved[1]) // 2 > 0  # of 16 rows: a quarter, and half of that
    assert saved[3] - saved[2] == pytest.approx(4 * each, rel=0.05)  # a straight line
    # weights, gradients and AdamW's two numbers a weight, all float32
    weights = sum(p.numel() for p in training.model.parameters())
    assert fixed >= 16 * weights


def test_a_linear_layer_is_counted_by_hand() -> None:
    """Of logits = x W the graph keeps x and, of the surprise, the log-probabilities."""
    training = make("neural-bigram", rows=4)
    list(training.run())
    V = TOKENIZER.vocab_size
    T = training.batches.parts(0, rows=1)[0][0].idx.size(1)
    _, each = memory.needs(training)
    assert 4 * T * V <= each <= 4 * T * V + 40 * T


def test_too_large_a_batch_is_an_event_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    training = full_above(make(rows=16), 8)
    monkeypatch.setattr(memory, "free_bytes", lambda device: 10**12)
    said, end = training.run()
    assert isinstance(said, Diagnosed)
    assert (said.code, said.severity) == ("out_of_memory", "alarm")
    fixed, each = memory.needs(training)
    assert said.text == (
        "A batch of 16 rows does not fit; "
        f"8 would need about {max(1, round((fixed + 8 * each) / 1e6))} MB."
    )
    assert said.cure == "Set batch_size to 8, or accumulate to 2."
    assert isinstance(end, Failed)
    cured = full_above(make(rows=16, accumulate=2), 8)
    assert not any(isinstance(e, Failed) for e in cured.run())


def test_advice_goes_as_low_as_the_free_memory_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    training = full_above(make(rows=16), 4)
    monkeypatch.setattr(memory, "held", lambda trainer, full=False: 0)
    events = iter(training.run())
    monkeypatch.setattr(memory, "needs", lambda trainer: (1_000, 1_000))
    monkeypatch.setattr(memory, "free_bytes", lambda device: 6_000)
    said = next(events)
    assert "4 would need" in said.text


def test_where_not_even_two_rows_fit_it_says_so() -> None:
    said, end = full_above(make(rows=16), 0).run()
    assert "neither do two" in said.text
    assert "smaller model" in said.cure
    assert isinstance(end, Failed)


def test_where_a_single_row_does_not_fit_it_says_so() -> None:
    said, end = full_above(make(rows=1), 0).run()
    assert said.text == "A batch of one row does not fit."
    assert isinstance(end, Failed)


def test_measuring_leaves_the_random_numbers_alone() -> None:
    training = make()
    list(training.run())
    before = torch.get_rng_state()
    memory.needs(training)
    assert torch.equal(torch.get_rng_state(), before)


def test_sizes_are_told_in_units_people_know() -> None:
    assert memory._size(5.1e9) == "5.1 GB"
    assert memory._size(12e6) == "12 MB"

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.encoded import Encoded
from lm_core.errors import BadText, Unsupported
from lm_core.evaluation.calibration import Bin, calibration, expected_calibration_error
from lm_core.models import models
from lm_core.models.contract import LanguageModel
from lm_core.settings import Settings
from tests.marks import most_slow
from tests.tiny import NAMES, encoded, lively_model, some_ids, stream

FAMILIES = [name for name in models.names() if models[name].build.causal]


class Said(LanguageModel):
    """Guesses token 0 with the probability that the token read stands for."""

    def __init__(self, confidences: list[float]) -> None:
        super().__init__(Settings(), len(confidences))
        p = torch.tensor(confidences)[:, None]
        rest = (1 - p) / (len(confidences) - 1)
        first = torch.arange(len(confidences)) == 0
        self.logits = torch.where(first, p, rest).log()

    def forward(self, idx, state=None):
        return self.logits[idx], state


def by_a_plain_loop(model: LanguageModel, data: Encoded, bins: int) -> list[Bin]:
    """One token at a time; the model has to see all of the text at once."""
    cells: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    ends = [*data.starts.tolist()[1:], len(data.ids) - 1]
    for start, end in zip(data.starts.tolist(), ends, strict=True):
        for t in range(start, end):
            with torch.inference_mode():
                logits, _ = model(data.ids[None, start : t + 1])
            p, guess = logits[0, -1].softmax(-1).max(-1)
            cell = next(b for b in range(bins) if p.item() <= (b + 1) / bins + 1e-6)
            cells[cell].append((p.item(), guess == data.ids[t + 1]))
    return [
        Bin(
            b / bins,
            (b + 1) / bins,
            sum(p for p, _ in cell) / len(cell),
            sum(bool(hit) for _, hit in cell) / len(cell),
            len(cell),
        )
        for b, cell in enumerate(cells)
        if cell
    ]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("bins", most_slow([1, 7, 10], quick=[7]))
def test_the_table_is_that_of_a_plain_loop(family: str, bins: int) -> None:
    tokenizer, data = encoded(NAMES[:12], items=True)
    model = lively_model(family, tokenizer.vocab_size)
    table = calibration(model, data, bins)
    expected = by_a_plain_loop(model, data, bins)
    assert [row.count for row in table] == [row.count for row in expected]
    for ours, theirs in zip(table, expected, strict=True):
        assert ours == pytest.approx(theirs, abs=1e-5)
    assert sum(row.count for row in table) == data.predictions


@given(seed=st.integers(0, 50), bins=st.integers(1, 12))
def test_the_error_is_that_of_a_plain_loop(seed: int, bins: int) -> None:
    data = stream(some_ids(60, 4, seed=seed))
    confidences = [0.93, 0.61, 0.47, 0.29]
    table = calibration(Said(confidences), data, bins)
    sure = [confidences[i] for i in data.ids[:-1].tolist()]
    hit = [float(i == 0) for i in data.ids[1:].tolist()]
    error = 0.0
    for row in table:
        inside = [t for t, p in enumerate(sure) if row.low < p <= row.high]
        assert len(inside) == row.count
        error += abs(sum(hit[t] - sure[t] for t in inside)) / len(sure)
    assert expected_calibration_error(table) == pytest.approx(error, abs=1e-5)


def test_who_says_seventy_percent_and_is_right_seven_times_in_ten() -> None:
    """Token 0 follows itself 7 times in 10."""
    generator = torch.Generator().manual_seed(0)
    ids = (torch.rand(20_000, generator=generator) > 0.7).long()
    modest, honest, proud = (calibration(Said([p, p]), stream(ids), 10) for p in (0.55, 0.7, 0.95))
    assert [len(table) for table in (modest, honest, proud)] == [1, 1, 1]
    assert expected_calibration_error(honest) < 0.01
    assert modest[0].right > modest[0].confidence
    assert proud[0].right < proud[0].confidence
    assert expected_calibration_error(proud) == pytest.approx(0.25, abs=0.01)


def test_a_model_that_is_certain_is_in_the_last_bin() -> None:
    table = calibration(Said([1.0, 1.0]), stream(torch.zeros(9, dtype=torch.int64)), 10)
    assert table == [Bin(0.9, 1.0, 1.0, 1.0, 8)]
    assert expected_calibration_error(table) == 0


def test_a_part_is_enough() -> None:
    data = stream(some_ids(4000, 27))
    part = calibration(lively_model("transformer"), data, max_tokens=300)
    assert 150 <= sum(row.count for row in part) <= 600


@pytest.mark.parametrize("training", [True, False])
def test_the_model_is_left_as_it_was(training: bool) -> None:
    model = lively_model("transformer", dropout=0.5).train(training)
    data = stream(some_ids(40, 27))
    assert calibration(model, data) == calibration(model, data)
    assert all(part.training is training for part in model.modules())


def test_a_single_token_cannot_be_guessed() -> None:
    with pytest.raises(BadText, match="give more text"):
        calibration(Said([0.5, 0.5]), stream(torch.zeros(1, dtype=torch.int64)))


def test_a_model_that_sees_both_sides_makes_no_guess() -> None:
    class BothSides(Said):
        causal = False

    with pytest.raises(Unsupported, match="choose a model that writes"):
        calibration(BothSides([0.5, 0.5]), stream(some_ids(9, 2)))

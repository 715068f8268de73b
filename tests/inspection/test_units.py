"""Units that count: correlations beside numpy's, a unit made to count, features by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core.errors import Unsupported
from lm_core.inspection.gates import record_gates
from lm_core.inspection.units import FEATURES, correlations, counting_units, states
from tests.tiny import lively_model, some_ids, tiny_model


def test_correlations_are_numpys() -> None:
    rng = np.random.default_rng(0)
    values, features = rng.normal(size=(200, 5)), rng.normal(size=(200, 3))
    features[:, 1] += 2 * values[:, 4]
    both = np.corrcoef(features.T, values.T)
    np.testing.assert_allclose(correlations(values, features), both[:3, 3:], atol=1e-12)
    values[:, 2] = 7.0  # never changes
    assert (correlations(values, features)[:, 2] == 0).all()


def test_the_unit_that_counts_is_found() -> None:
    text = 'The day.\nA "good" 2 day \n' * 5
    values = np.random.default_rng(0).normal(size=(len(text), 6))
    values[:, 3] = -np.array(FEATURES["line"].of(text)) + 0.01 * values[:, 3]
    best = counting_units(values, text)[0]
    assert (best.feature, best.unit) == ("line", 3)
    expected = np.corrcoef(values[:, 3], FEATURES["line"].of(text))[0, 1]
    assert best.r == pytest.approx(expected)
    assert counting_units(values[:1], text[:1]) == []


@pytest.mark.parametrize("name", ["hidden", "cell"])
def test_states_are_those_of_each_text_by_itself(name: str) -> None:
    model = lively_model("lstm")
    texts = [some_ids(n, 27, seed=n) for n in (5, 9, 2)]
    found = states(model, texts, 1, name)
    each = torch.cat([record_gates(model, text).values[name][1] for text in texts])
    torch.testing.assert_close(found, each, atol=1e-5, rtol=1e-5)
    with pytest.raises(Unsupported):
        states(tiny_model("gru"), texts, 0, "cell")


def test_features_of_a_line() -> None:
    text = 'Ab, "c"\nee'
    made = {name: feature.of(text) for name, feature in FEATURES.items()}
    assert made["line"] == [1, 2, 3, 4, 5, 6, 7, 0, 1, 2]
    assert made["word"] == [1, 2, 3, 0, 1, 2, 3, 0, 1, 2]
    assert made["vowel"] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 1]
    assert made["capital"] == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert made["quotes"] == [0, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    assert made["doubled"] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    assert made["mark"] == [0, 0, 1, 0, 1, 0, 1, 0, 0, 0]


@settings(max_examples=25)
@given(st.lists(st.text(max_size=3), max_size=12))
def test_any_text_has_a_number_at_each_token(pieces: list[str]) -> None:
    for feature in FEATURES.values():
        found = feature.of(pieces)
        assert len(found) == len(pieces)
        assert np.isfinite(found).all()

"""Arrays, statistics and histograms, held to NumPy and to the course's numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as some

from lm_core.foundations import arrays

NUMBERS = some(float, st.integers(1, 50), elements=st.floats(-1e6, 1e6))


def test_bmi_of_the_course() -> None:
    bmi = arrays.bmi(np.array(arrays.HEIGHTS), np.array(arrays.WEIGHTS))
    assert bmi == pytest.approx([21.8517, 20.9750, 21.7502, 24.7473, 21.4413], abs=5e-4)
    assert (bmi > 23).tolist() == [False, False, False, True, False]
    assert bmi[bmi > 23] == pytest.approx([24.747], abs=5e-4)


def test_the_histogram_of_the_course() -> None:
    found = arrays.histogram(np.array(arrays.TWELVE), 3)
    assert found.counts.tolist() == [4, 6, 2]
    assert found.edges.tolist() == [0, 2, 4, 6]


@given(NUMBERS, st.integers(1, 40))
def test_any_histogram_is_numpys(values: np.ndarray, bins: int) -> None:
    found = arrays.histogram(values, bins)
    assert found.counts.sum() == len(values)
    if np.ptp(values) > 1e-6 or np.ptp(values) == 0:  # where floats can tell the edges apart
        counts, edges = np.histogram(values, bins)
        assert found.edges == pytest.approx(edges)
        assert np.abs(np.cumsum(found.counts) - np.cumsum(counts)).max() <= 1  # on an edge


@given(NUMBERS)
def test_any_summary_is_numpys(values: np.ndarray) -> None:
    found = arrays.summary(values)
    theirs = (values.mean(), np.median(values), values.std(), values.min(), values.max())
    ours = (found.mean, found.median, found.std, found.least, found.largest)
    assert ours == pytest.approx(theirs, abs=1e-6)


def test_the_city_is_near_what_it_was_drawn_from() -> None:
    """The course's figures come from no seed: 1.7472, 1.75, 0.0083, 0.1976 lie in these too."""
    city = arrays.city(seed=123)
    assert city.shape == (5000, 2)
    heights = arrays.summary(city[:, 0])
    assert heights.mean == pytest.approx(1.75, abs=0.01)
    assert heights.median == pytest.approx(1.75, abs=0.011)
    assert heights.std == pytest.approx(0.2, abs=0.007)
    r = arrays.correlation(city[:, 0], city[:, 1])
    assert r == pytest.approx(np.corrcoef(city.T)[0, 1])
    assert abs(r) < 0.05
    assert np.array_equal(city, np.round(city, 2))
    assert np.array_equal(city, arrays.city(seed=123))
    assert np.isnan(arrays.correlation(np.ones(3), np.arange(3.0)))

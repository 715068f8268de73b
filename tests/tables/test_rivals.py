"""Other learners: the answers are scikit-learn's, votes are counted, rankings compared rightly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.ensemble import RandomForestClassifier

from lm_core.corpora import load_corpus
from lm_core.errors import BadSettings
from lm_core.tables import rivals
from lm_core.tables.rivals import COUNTS, Rows, alike, bags, beside, forest_and_boosting, stacked


@pytest.fixture(scope="module")
def wine() -> tuple[Rows, np.ndarray]:
    splits = load_corpus("wine").splits
    train, test = splits["train"], splits["test"]
    rows = Rows(train.features.numpy(), train.labels.numpy(), test.features.numpy())
    return rows, test.labels.numpy()


def test_the_learners_beside_ours_learn_the_wines(wine: tuple[Rows, np.ndarray]) -> None:
    rows, real = wine
    for one in beside(rows):
        assert one.accuracy(real) > 0.9
        assert one.seconds >= 0


def test_a_bag_of_one_is_its_estimator_and_votes_are_counted(
    wine: tuple[Rows, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, real = wine
    monkeypatch.setattr(rivals, "COUNTS", (1, 10))
    soft, hard = (bags(rows, vote=vote) for vote in ("soft", "hard"))
    assert [one.name for one in soft] == ["1", "10"]
    assert (soft[0].answers == hard[0].answers).all()
    assert hard[1].accuracy(real) > 0.85
    for wrong in ({"base": "forest"}, {"vote": "loud"}, {"share": 0.0}):
        with pytest.raises(BadSettings, match="A bag is of"):
            bags(rows, **wrong)
    assert len(COUNTS) == 6


def test_a_stack_is_beside_what_it_is_made_of(wine: tuple[Rows, np.ndarray]) -> None:
    rows, real = wine
    *alone, stack = stacked(rows, ["tree", "neighbours"])
    assert [one.name for one in alone] == ["tree", "neighbours"]
    assert stack.accuracy(real) > 0.9
    with pytest.raises(BadSettings, match="two learners"):
        stacked(rows, ["tree"])


def test_importances_are_those_of_scikit_learn_and_sum_to_one(
    wine: tuple[Rows, np.ndarray],
) -> None:
    rows, _ = wine
    forest, boosted = forest_and_boosting(rows)
    theirs = RandomForestClassifier(100, random_state=0).fit(rows.X, rows.y)
    np.testing.assert_array_equal(forest.importances, theirs.feature_importances_)
    assert boosted.importances.sum() == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12))
def test_rankings_are_compared_as_scipy_does(pairs: list[tuple[int, int]]) -> None:
    one, other = map(np.array, zip(*pairs, strict=True))
    if len(set(one)) > 1 and len(set(other)) > 1:
        assert alike(one, other) == pytest.approx(spearmanr(one, other).statistic)

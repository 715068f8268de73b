"""Other learners of tables, by scikit-learn: what our own models are put beside.

    bagging    the same learner on drawn samples of the rows; the answers are counted or averaged
    stacking   a learner of learners: level 1 reads what level 0 answered on rows it did not see
    forest     trees on drawn rows and columns, averaged;  boosting  trees one after another, each
               on what those before it left over

Papers: Breiman 1996 (bagging), 2001 (forests); Wolpert 1992 (stacking); Friedman 2001 (boosting).
scikit-learn is imported where it is needed: it takes a second.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lm_core.errors import BadSettings

SEED = 0
COUNTS = (1, 2, 5, 10, 20, 40)  # estimators of a bag
BASES = ("tree", "logistic", "neighbours")


@dataclass(frozen=True)
class Fitted:
    """What one learner did: its answers on the rows that were asked, and the seconds it took."""

    name: str
    answers: np.ndarray  # (n,) classes by number, or values
    seconds: float  # of processor time, to learn
    importances: np.ndarray | None = None  # (D,), of a share of 1

    def accuracy(self, real: np.ndarray) -> float:
        return float((self.answers == real).mean())


@dataclass(frozen=True)
class Rows:
    """What is learned from, and what is asked."""

    X: np.ndarray  # (N, D)
    y: np.ndarray  # (N,)
    asked: np.ndarray  # (n, D)


def beside(rows: Rows) -> list[Fitted]:
    """The learners of scikit-learn that are the same idea as ours."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    made = {
        "LogisticRegression": LogisticRegression(max_iter=500),
        "MLPClassifier": MLPClassifier(hidden_layer_sizes=(32,), max_iter=400, random_state=SEED),
    }
    return [fit(name, one, rows) for name, one in made.items()]


def beside_values(rows: Rows) -> list[Fitted]:
    """What scikit-learn makes of the rows where a number is said."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor

    made = {
        "LinearRegression": LinearRegression(),
        "MLPRegressor": MLPRegressor(hidden_layer_sizes=(32,), max_iter=1000, random_state=SEED),
        "RandomForestRegressor": RandomForestRegressor(100, random_state=SEED),
    }
    return [fit(name, one, rows) for name, one in made.items()]


def bags(
    rows: Rows,
    *,
    base: str = "tree",
    bootstrap: bool = True,
    share: float = 1.0,
    vote: str = "soft",
) -> list[Fitted]:
    """One bag for each of COUNTS.

    Args:
        base: one of BASES.
        bootstrap: rows are drawn with replacement; else each is in a sample once at most.
        share: of the rows that each estimator learns from.
        vote: soft, the probabilities are averaged; hard, the answers are counted.

    Raises:
        BadSettings: no such base or vote, or a share that is not above 0 and at most 1.
    """
    from sklearn.ensemble import BaggingClassifier

    if base not in BASES or vote not in ("soft", "hard") or not 0 < share <= 1:
        raise BadSettings(
            f"A bag is of {', '.join(BASES)}, votes soft or hard, and draws a share from 0 to 1."
        )
    made = []
    for n in COUNTS:
        bag = BaggingClassifier(
            learner(base), n, max_samples=share, bootstrap=bootstrap, random_state=SEED
        )
        one = fit(f"{n}", bag, rows)
        if vote == "hard":
            votes = np.stack(
                [bag.classes_[e.predict(rows.asked).astype(int)] for e in bag.estimators_]
            )
            counts = np.stack([(votes == label).sum(0) for label in bag.classes_])
            one = Fitted(one.name, bag.classes_[counts.argmax(0)], one.seconds)
        made.append(one)
    return made


def stacked(rows: Rows, level_0: Sequence[str]) -> list[Fitted]:
    """Each learner of level 0 alone, then the stack of them under a logistic regression.

    Raises:
        BadSettings: fewer than two of level 0, or one that is none of BASES.
    """
    from sklearn.ensemble import StackingClassifier

    if len(level_0) < 2 or not set(level_0) <= set(BASES):
        raise BadSettings(f"A stack needs two learners of level 0 at least, of {', '.join(BASES)}.")
    alone = [fit(name, learner(name), rows) for name in level_0]
    stack = StackingClassifier(
        [(name, learner(name)) for name in level_0], learner("logistic"), cv=5
    )
    return [*alone, fit("stack", stack, rows)]


def forest_and_boosting(rows: Rows) -> tuple[Fitted, Fitted]:
    """A hundred trees at once, and a hundred one after another, with what each column is worth."""
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

    forest = RandomForestClassifier(100, random_state=SEED)
    boosted = GradientBoostingClassifier(n_estimators=100, random_state=SEED)
    return fit("Random forest", forest, rows), fit("Boosted trees", boosted, rows)


def learner(name: str) -> Any:
    """One of BASES, fresh."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    if name == "tree":
        return DecisionTreeClassifier(random_state=SEED)
    return LogisticRegression(max_iter=500) if name == "logistic" else KNeighborsClassifier()


def fit(name: str, learner: Any, rows: Rows) -> Fitted:
    """Learn, answer, and take the time."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        before = time.process_time()
        learner.fit(rows.X, rows.y)
        seconds = time.process_time() - before
    worth = getattr(learner, "feature_importances_", None)
    return Fitted(name, learner.predict(rows.asked), seconds, worth)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """Spearman's correlation of two rankings: 1 where both put the columns in one order."""
    ranks = [np.unique(x, return_inverse=True, return_counts=True) for x in (one, other)]
    means = []
    for _, inverse, counts in ranks:  # equal values share the mean of their ranks
        ends = counts.cumsum()
        means.append((ends - (counts - 1) / 2)[inverse])
    return float(np.corrcoef(*means)[0, 1])

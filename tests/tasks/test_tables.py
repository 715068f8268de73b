"""Classes and values of rows: figures are those of scikit-learn, and so is what is learned."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score, mean_squared_error, r2_score
from torch.nn import functional as F

from lm_core.models.tables.logistic import Logistic, LogisticSettings
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.tables.straight import fitted, said
from lm_core.tasks.table_class import TableClass
from lm_core.training import Budget, Trainer


def ready(corpus: str, family: str, steps: int = 1):
    return prepare(default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=steps)))


def trained(corpus: str, family: str, steps: int):
    made = ready(corpus, family, steps)
    how = {"settings": made.spec.train, "budget": made.spec.budget, "threads": 1}
    list(Trainer(made.task, made.model, made.data, **how).run())
    made.model.eval()
    return made


@torch.no_grad()
def test_classes_are_scored_as_references_do() -> None:
    made = ready("wine", "table-mlp")
    part = made.data["validation"]
    logits = made.model.eval()(part.features)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.loss == pytest.approx(F.cross_entropy(logits, part.labels).item(), abs=1e-6)
    theirs = f1_score(part.labels, logits.argmax(-1), average="macro", zero_division=0)
    assert scored.metrics["F1"] == pytest.approx(theirs)
    assert made.task.blind(made.model, made.data) == math.log(3)
    assert ready("wine", "logistic").model.head.weight.abs().max() == 0  # begins at ln 3


@torch.no_grad()
def test_values_are_scored_as_references_do() -> None:
    made = ready("diabetes", "table-mlp")
    part = made.data["validation"]
    real, answers = (
        (one * part.spread + part.centre).numpy()
        for one in (part.values, made.model.eval()(part.features).squeeze(-1))
    )
    told = made.task.evaluate(made.model, made.data, "validation", limit=None).metrics
    assert told["MSE"] == pytest.approx(mean_squared_error(real, answers), rel=1e-4)
    assert told["RMSE"] == pytest.approx(math.sqrt(mean_squared_error(real, answers)), rel=1e-4)
    assert told["R squared"] == pytest.approx(r2_score(real, answers), rel=1e-3)


def test_least_squares_is_linear_regression() -> None:
    train = ready("diabetes", "table-mlp").data["train"]
    X, y = train.features.numpy(), train.values.numpy()
    theirs = LinearRegression().fit(X, y).predict(X)
    np.testing.assert_allclose(
        said(train.features, fitted(train.features, train.values)), theirs, atol=1e-4
    )


def test_at_its_best_our_logistic_regression_is_that_of_scikit_learn() -> None:
    """C is one divided by l2 and by the number of rows."""
    train = ready("wine", "logistic").data["train"]
    l2, task = 0.01, TableClass()
    model = Logistic(LogisticSettings(l2=l2), 13, 3)
    optimizer = torch.optim.LBFGS(model.parameters(), max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        lost = task.loss(model, train.features, train.labels, None)
        total = lost.each.mean() + lost.penalty
        total.backward()
        return total

    optimizer.step(closure)
    theirs = LogisticRegression(C=1 / (l2 * len(train.labels)), max_iter=500, tol=1e-8)
    theirs.fit(train.features.numpy(), train.labels.numpy())
    ours = model(train.features).softmax(-1).detach().numpy()
    np.testing.assert_allclose(ours, theirs.predict_proba(train.features.numpy()), atol=2e-3)


@pytest.mark.parametrize(("corpus", "family"), [("wine", "logistic"), ("wine", "table-mlp")])
def test_classes_are_learned_and_shown(corpus: str, family: str) -> None:
    made = trained(corpus, family, 60)
    scored = made.task.evaluate(made.model, made.data, "test", limit=None)
    assert scored.metrics["accuracy"] > 0.9
    shown = made.task.preview(made.model, made.codec, made.data)
    assert sum(map(sum, shown.grid)) == 36
    assert [row[0][0] for row in shown.rows] == [
        "✓" if a == b else "✗" for _, a, _, b in shown.rows
    ]


def test_values_are_learned_and_shown() -> None:
    made = trained("diabetes", "table-mlp", 60)
    scored = made.task.evaluate(made.model, made.data, "validation", limit=None)
    assert scored.loss < 0.75 * made.task.blind(made.model, made.data)
    shown = made.task.preview(made.model, made.codec, made.data)
    assert shown.columns == ("row", "answer, progression", "right")
    assert all(25 <= right <= 346 for _, _, right in shown.rows)

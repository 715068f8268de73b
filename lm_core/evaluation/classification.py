"""How good are decisions: accuracy, precision, recall, F1 and confusion over labels of any kind.

    precision = true positives / said     recall = true positives / real     F1 = 2 P R / (P + R)

A share of nothing (a class that nobody said, or that never occurs) is 0, and a class counts as soon
as it is in either list. Averages over classes: `macro` is the plain mean; `weighted` weighs each
class by how often it really occurs; `micro` adds up the counts of all classes before it divides,
which for one label a case is accuracy.
Source: van Rijsbergen 1979, "Information Retrieval", chapter 7.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from lm_core.errors import BadText
from lm_core.evaluation.overlap import PRF, prf, share

MOST_CASES = 1_000_000  # in a cell of a table that a person fills in


@dataclass(frozen=True)
class Report:
    """Figures by class and their averages; `support` says how often a class really occurs."""

    classes: dict[Hashable, PRF]
    support: dict[Hashable, int]
    accuracy: float
    macro: PRF
    weighted: PRF
    micro: PRF


def accuracy(real: Sequence[Hashable], predicted: Sequence[Hashable]) -> float:
    """Share of cases that are right.

    Raises:
        BadText: no case, or not one prediction for each.
    """
    _check(real, predicted)
    return sum(a == b for a, b in zip(real, predicted, strict=True)) / len(real)


def exact_match(answers: Sequence[str], references: Sequence[str]) -> float:
    """Share of answers that equal their reference to the letter: the accuracy of text.

    Raises:
        BadText: no answer, or not one reference for each.
    """
    return accuracy(references, answers)


def precision_recall_f1(
    real: Sequence[Hashable], predicted: Sequence[Hashable], *, positive: Hashable = 1
) -> PRF:
    """The figures of one class against all others.

    Raises:
        BadText: no case, or not one prediction for each.
    """
    _check(real, predicted)
    both = sum(a == b == positive for a, b in zip(real, predicted, strict=True))
    return prf(both, list(predicted).count(positive), list(real).count(positive))


def report(real: Sequence[Hashable], predicted: Sequence[Hashable]) -> Report:
    """All classes, in the order in which they are met in `real`, then in `predicted`.

    Raises:
        BadText: no case, or not one prediction for each.
    """
    _check(real, predicted)
    right = Counter(a for a, b in zip(real, predicted, strict=True) if a == b)
    return _report(right, Counter(predicted), Counter(real))


def report_of(table: Sequence[Sequence[object]], classes: Sequence[Hashable]) -> Report:
    """All classes, from a confusion matrix as `confusion` gives one: [real][said].

    A class counts here though it never occurs and nobody said it.

    Raises:
        BadText: a cell is no whole number from 0 to MOST_CASES (it is named), all are 0, a class is
            named twice, or there is not one row and one column for each class.
    """
    names, K = [str(label) for label in classes], len(classes)
    if len(set(classes)) < K:
        raise BadText("A class is named twice: name each once.")
    if len(table) != K or any(len(row) != K for row in table):
        raise BadText(f"Give one row and one column for each of the {K} classes.")
    for real, row in zip(names, table, strict=True):
        for said, cell in zip(names, row, strict=True):
            if type(cell) is not int or not 0 <= cell <= MOST_CASES:
                raise BadText(
                    f"“{real}” taken for “{said}” has no count: give a whole number from 0 to "
                    f"{MOST_CASES:,}."
                )
    if not any(map(any, table)):
        raise BadText("The table is empty: give at least one case.")
    right = {label: table[i][i] for i, label in enumerate(classes)}
    said = {label: sum(row[i] for row in table) for i, label in enumerate(classes)}
    there = {label: sum(table[i]) for i, label in enumerate(classes)}
    return _report(Counter(right), Counter(said), Counter(there))


def _report(right: Counter, said: Counter, there: Counter) -> Report:
    """From counts by class: those that are right, those said, those there really are."""
    classes = {label: prf(right[label], said[label], there[label]) for label in {**there, **said}}
    n = there.total()
    return Report(
        classes=classes,
        support={label: there[label] for label in classes},
        accuracy=right.total() / n,
        macro=_mean(classes, dict.fromkeys(classes, 1)),
        weighted=_mean(classes, there),
        micro=prf(right.total(), n, n),
    )


def confusion(
    real: Sequence[Hashable], predicted: Sequence[Hashable], classes: Sequence[Hashable]
) -> list[list[int]]:
    """How often each class was taken for each: a row for what it is, a column for what was said,
    both in the order of `classes`. A row sums to the class's support.

    Raises:
        BadText: no case, not one prediction for each, or a class that `classes` does not name, or
            names twice.
    """
    _check(real, predicted)
    place = {label: i for i, label in enumerate(classes)}
    strange = [label for label in (*real, *predicted) if label not in place]
    if strange or len(place) < len(classes):
        raise BadText(
            f"{strange[0]!r} is none of the classes: name all of them."
            if strange
            else "A class is named twice: name each once."
        )
    table = [[0] * len(classes) for _ in classes]
    for a, b in zip(real, predicted, strict=True):
        table[place[a]][place[b]] += 1
    return table


def _mean(classes: dict[Hashable, PRF], weights: dict[Hashable, int]) -> PRF:
    total = sum(weights[label] for label in classes)
    sums = (sum(weights[k] * figures[i] for k, figures in classes.items()) for i in range(3))
    return PRF(*(share(s, total) for s in sums))


def _check(real: Sequence[Hashable], predicted: Sequence[Hashable]) -> None:
    if not real or len(real) != len(predicted):
        raise BadText(
            f"{len(predicted)} predictions cannot be compared with {len(real)} labels: "
            "give one prediction for each label."
        )

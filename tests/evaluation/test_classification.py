import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadText
from lm_core.evaluation.classification import (
    accuracy,
    confusion,
    exact_match,
    precision_recall_f1,
    report,
    report_of,
)

CASES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20)


def test_the_usual_four() -> None:
    """The course's example, week 9."""
    real, predicted = [0, 1, 0, 1, 1], [0, 0, 0, 1, 1]
    assert accuracy(real, predicted) == 0.8
    assert precision_recall_f1(real, predicted) == pytest.approx((1, 2 / 3, 0.8))


def test_exact_match_counts_answers_that_are_the_same_to_the_letter() -> None:
    """The course's three answers: a question mark, nothing, two words exchanged."""
    answers = [
        "The cat sat on the mat.",
        "Theaters are great.",
        "Like comparing oranges and apples.",
    ]
    references = [
        "The cat sat on the mat?",
        "Theaters are great.",
        "Like comparing apples and oranges.",
    ]
    assert exact_match(answers, references) == 1 / 3
    each = [exact_match([a], [r]) for a, r in zip(answers, references, strict=True)]
    assert each == [0, 1, 0]


def test_the_report_of_three_classes() -> None:
    """The table of week 4. The course's own formula for the weighted mean divides by the number of
    classes and would give an F1 of 1.02; the table, and this, divide by the number of cases."""
    result = report([0, 1, 2, 2, 2], [0, 0, 2, 2, 1])
    assert list(result.classes) == [0, 1, 2]
    assert result.support == {0: 1, 1: 1, 2: 3}
    rounded = {k: tuple(round(x, 2) for x in figures) for k, figures in result.classes.items()}
    assert rounded == {0: (0.5, 1.0, 0.67), 1: (0.0, 0.0, 0.0), 2: (1.0, 0.67, 0.8)}
    assert result.accuracy == pytest.approx(0.6)
    assert result.macro == pytest.approx((0.50, 0.56, 0.49), abs=0.005)
    assert result.weighted == pytest.approx((0.70, 0.60, 0.61), abs=0.005)
    assert result.micro == pytest.approx((0.6, 0.6, 0.6))


@given(cases=CASES)
def test_a_class_of_the_report_is_that_class_against_all_others(cases: list) -> None:
    real, predicted = zip(*cases, strict=True)
    result = report(real, predicted)
    assert set(result.classes) == {*real, *predicted}
    for label, figures in result.classes.items():
        assert figures == precision_recall_f1(real, predicted, positive=label)
    macro = sum(figures.f1 for figures in result.classes.values()) / len(result.classes)
    assert result.macro.f1 == pytest.approx(macro)
    assert result.micro.f1 == pytest.approx(result.accuracy) == accuracy(real, predicted)
    assert result.weighted.recall == pytest.approx(result.accuracy)


@given(cases=CASES)
def test_precision_and_recall_by_a_plain_loop(cases: list) -> None:
    hits = sum(a == b == 1 for a, b in cases)
    said, there = sum(b == 1 for _, b in cases), sum(a == 1 for a, _ in cases)
    figures = precision_recall_f1(*zip(*cases, strict=True))
    assert figures.precision == (hits / said if said else 0)
    assert figures.recall == (hits / there if there else 0)


def test_a_class_nobody_said_or_that_never_came_has_zeros() -> None:
    assert precision_recall_f1([0, 0], [0, 0]) == (0, 0, 0)
    result = report(["cat", "cat"], ["cat", "dog"])
    assert result.classes["dog"] == (0, 0, 0)
    assert result.support["dog"] == 0
    assert result.macro.f1 == pytest.approx(1 / 3)
    assert result.weighted.f1 == pytest.approx(2 / 3)


def test_a_row_is_what_it_is_and_a_column_what_was_said() -> None:
    table = confusion([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], [0, 1, 2])
    assert table == [[1, 0, 0], [1, 0, 0], [0, 1, 2]]
    assert confusion(["cat"], ["dog"], ["dog", "cat", "cow"]) == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


@given(cases=CASES)
def test_a_confusion_sums_to_what_the_report_says(cases: list) -> None:
    real, predicted = zip(*cases, strict=True)
    table, result = confusion(real, predicted, range(4)), report(real, predicted)
    assert [sum(row) for row in table] == [result.support.get(k, 0) for k in range(4)]
    assert [sum(column) for column in zip(*table, strict=True)] == list(
        map(predicted.count, range(4))
    )
    assert sum(table[k][k] for k in range(4)) / len(cases) == pytest.approx(result.accuracy)
    said, there = zip(
        *((sum(row[k] for row in table), sum(table[k])) for k in range(4)), strict=True
    )
    met = [k for k in range(4) if said[k] or there[k]]
    f1 = [2 * table[k][k] / (said[k] + there[k]) for k in met]
    assert sum(f1) / len(met) == pytest.approx(result.macro.f1)


@pytest.mark.parametrize(("classes", "why"), [([0], "1 is none"), ([0, 1, 1], "named twice")])
def test_classes_are_named_once_each(classes: list[int], why: str) -> None:
    with pytest.raises(BadText, match=why):
        confusion([0, 1], [0, 0], classes)


def with_classes(real: list, predicted: list) -> list[list[int]]:
    return confusion(real, predicted, [0, 1])


@pytest.mark.parametrize(("real", "predicted"), [([], []), ([0, 1], [0])])
@pytest.mark.parametrize("figure", [accuracy, precision_recall_f1, report, with_classes])
def test_one_prediction_for_each_label(figure, real: list, predicted: list) -> None:
    with pytest.raises(BadText, match="one prediction for each label"):
        figure(real, predicted)


@given(table=st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3))
def test_a_table_of_counts_by_a_plain_loop(table: list[list[int]]) -> None:
    if not any(map(any, table)):
        with pytest.raises(BadText, match="at least one case"):
            report_of(table, "abc")
        return
    found, n = report_of(table, "abc"), sum(map(sum, table))
    f1s = []
    for k, label in enumerate("abc"):
        said, there = sum(row[k] for row in table), sum(table[k])
        precision = table[k][k] / said if said else 0
        recall = table[k][k] / there if there else 0
        f1s.append(2 * precision * recall / (precision + recall) if precision + recall else 0)
        assert found.classes[label] == pytest.approx((precision, recall, f1s[-1]))
        assert found.support[label] == there
    assert found.accuracy == pytest.approx(sum(table[k][k] for k in range(3)) / n)
    assert found.macro.f1 == pytest.approx(sum(f1s) / 3)
    weighted = sum(f1 * sum(row) for f1, row in zip(f1s, table, strict=True)) / n
    assert found.weighted.f1 == pytest.approx(weighted)
    assert found.micro == pytest.approx((found.accuracy,) * 3)


@given(cases=CASES)
def test_a_report_is_that_of_its_table(cases: list) -> None:
    real, predicted = zip(*cases, strict=True)
    classes = sorted({*real, *predicted})
    found, expected = (
        report_of(confusion(real, predicted, classes), classes),
        report(real, predicted),
    )
    assert (found.classes, found.support) == (expected.classes, expected.support)
    assert found.macro == pytest.approx(expected.macro)


@pytest.mark.parametrize(
    ("table", "classes", "why"),
    [
        ([[1, None], [0, 1]], "ab", "“a” taken for “b” has no count"),
        ([[1, 0], [-1, 1]], "ab", "“b” taken for “a”"),
        ([[1, 0], [0.5, 1]], "ab", "a whole number"),
        ([[1, 0], [True, 1]], "ab", "a whole number"),
        ([[1, 0], [10**9, 1]], "ab", "to 1,000,000"),
        ([[1, 0]], "ab", "one row and one column for each of the 2"),
        ([[1, 0], [0, 1]], "aa", "named twice"),
    ],
)
def test_a_table_that_cannot_be_counted_says_where(table: list, classes: str, why: str) -> None:
    with pytest.raises(BadText, match=why):
        report_of(table, classes)

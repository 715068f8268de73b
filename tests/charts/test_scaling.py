"""Loss against size at several budgets: every run is a point, and what is lowest is said."""

from lm_core.charts.scaling import Budgeted, budget_curves

BUDGETS = [
    Budgeted(
        "1 <b>", ((100, 2.5), (1000, 2.25), (5000, 2.75)), ((100, 2.5), (5000, 2.7)), (900, 2.2)
    ),
    Budgeted("4 <b>", ((1000, 2.0), (5000, 1.9)), ((1000, 2.0), (5000, 1.9)), (6000, 1.88)),
]


def test_points_lines_and_best_sizes_are_drawn_by_factors() -> None:
    chart = budget_curves(BUDGETS, title="Budgets", x="parameters", unit="nats per character")
    figure = chart.figure
    points = [trace for trace in figure.data if trace.mode == "markers"]
    assert [tuple(zip(t.x, t.y, strict=True)) for t in points] == [one.points for one in BUDGETS]
    assert [trace.name for trace in points] == ["1 &lt;b&gt;", "4 &lt;b&gt;"]
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert [tuple(zip(t.x, t.y, strict=True)) for t in lines] == [one.line for one in BUDGETS]
    looks = {(t.marker.color, t.marker.symbol) for t in points}
    assert len(looks) == len({symbol for _, symbol in looks}) == 2
    (best,) = (trace for trace in figure.data if trace.mode == "lines+markers")
    assert (list(best.x), list(best.y)) == ([900, 6000], [2.2, 1.88])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "log"
    assert figure.layout.xaxis.title.text == "parameters"


def test_the_sentence_and_the_table() -> None:
    chart = budget_curves(BUDGETS, title="Budgets", x="parameters", unit="nats per character")
    assert chart.alt == (
        "Budgets, nats per character. Lowest of each budget: 1 <b>: 2.25 at 1 k; "
        "4 <b>: 1.90 at 5 k."
    )
    assert chart.table.values.tolist() == [
        [one.label, x, nats] for one in BUDGETS for x, nats in one.points
    ]
    nothing = budget_curves([], title="Budgets", x="parameters", unit="nats")
    assert nothing.alt.endswith("Nothing was run.")
    assert len(nothing.table) == 0

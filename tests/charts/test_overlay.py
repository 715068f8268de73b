import json

import numpy as np
import pandas as pd

from lm_core.charts.overlay import MOST, Line, overlay, read_overlay, run_styles

UNIT = "nats per character"


def line(label, ends=2.0, family="transformer", steps=20, every=10):
    x = np.arange(steps) * every
    y = ends + 1.3 * np.exp(-x / 40)
    return Line(label, family, pd.DataFrame({"x": x, "y": y}))


def drawn(chart):
    spec = chart.figure.to_dict()
    ((_, rows),) = spec.pop("datasets").items()
    spec.pop("data", None)
    return pd.DataFrame(rows), spec


def test_the_table_is_the_data_of_all_runs():
    a, b = line("a"), line("b", 2.2, "lstm")
    table = overlay([a, b], unit=UNIT).table
    assert list(table.columns) == ["run", "step", "nats per character, validation"]
    pd.testing.assert_series_equal(
        table[table["run"] == "b"].iloc[:, 2], b.points["y"], check_names=False, check_index=False
    )


def test_while_runs_go_on_only_the_data_change():
    a, b = line("a"), line("b")
    specs = [
        drawn(overlay([Line(r.label, r.family, r.points[:n]) for r in (a, b)], unit=UNIT))[1]
        for n in (0, 1, 20)
    ]
    assert specs[0] == specs[1] == specs[2]


def test_each_run_differs_from_the_others_by_colour_and_by_dash():
    for families in (["lstm"] * MOST, ["transformer", "lstm", "transformer"]):
        styles = run_styles(families)
        assert len({s.color for s in styles}) == len({s.dash for s in styles}) == len(families)


def test_different_families_keep_their_own_look():
    assert [s.color for s in run_styles(["transformer", "lstm"])] == ["#0072B2", "#009E73"]


def test_more_runs_than_can_be_told_apart_are_left_out():
    chart = overlay([line(str(n)) for n in range(MOST + 3)], unit=UNIT)
    assert chart.table["run"].nunique() == MOST


def test_a_model_that_counts_is_a_diamond():
    alone = Line("counted", "ngram", pd.DataFrame({"x": [7], "y": [2.1]}))
    rows, _ = drawn(overlay([line("a"), alone], unit=UNIT))
    assert rows[rows["alone"] == True]["run"].tolist() == ["counted"]  # noqa: E712 - a column


def test_a_run_that_exploded_does_not_flatten_the_others():
    bad = line("b")
    bad.points.loc[10:, "y"] = 900.0
    bad.points.loc[19, "y"] = np.nan
    chart = overlay([line("a"), bad], unit=UNIT)
    rows, _ = drawn(chart)
    assert rows[rows["frame"]]["y"].max() < 6
    assert rows[rows["above"]]["y"].tolist() == [900] * 9
    assert chart.table.iloc[:, 2].max() == 900
    assert chart.beyond == (
        "9 values lie above the picture, up to 900 (b, step 180): see the arrows on top."
    )
    json.dumps(chart.figure.to_dict(), allow_nan=False)


def test_the_fair_comparison_is_where_all_have_come():
    slow = line("slow", ends=1.9, steps=5)
    says = read_overlay([line("long", ends=2.0), slow], axis="step", unit=UNIT)
    assert says == (
        "By step 40, the furthest that all have come, slow is ahead: 2.38 against 2.48. At their "
        "last point, lowest first, in nats per character: long 2.01, slow 2.38."
    )


def test_runs_that_hardly_differ_are_level():
    says = read_overlay([line("a", 2.0), line("b", 2.001)], axis="tokens", unit=UNIT)
    assert says.startswith("By 190 tokens, the furthest that all have come, a and b are level")


def test_who_is_ahead_was_lower_on_both_sides_of_the_place():
    """b was measured at 100 and at 300: what it was at 200 nobody knows."""

    def run(label: str, **points: float) -> Line:
        xy = {"x": [int(x[1:]) for x in points], "y": list(points.values())}
        return Line(label, "lstm", pd.DataFrame(xy))

    a = run("a", x0=3.3, x200=2.4)
    b = run("b", x0=3.3, x100=2.6, x300=2.2)
    says = read_overlay([a, b], axis="step", unit=UNIT)
    assert says.startswith(
        "By step 200, the furthest that all have come, a (2.40) and b (2.20 to 2.60) were not "
        "measured near enough. At"
    )
    b = run("b", x0=3.3, x100=2.6, x300=2.5)
    says = read_overlay([a, b], axis="step", unit=UNIT)
    assert "a is ahead: 2.40 against 2.50 to 2.60. At" in says
    late = run("late", x300=2.0, x400=1.9)  # it begins after that place
    assert read_overlay([a, late], axis="step", unit=UNIT).startswith("At their last point")


def test_none_and_one():
    nothing = Line("a", "lstm", pd.DataFrame({"x": [], "y": []}))
    assert read_overlay([nothing], axis="step", unit=UNIT).startswith("No loss yet")
    assert read_overlay([line("a"), nothing], axis="step", unit=UNIT) == (
        "a is alone so far, at 2.01 nats per character."
    )
    assert overlay([nothing], unit=UNIT).table.empty

import pytest

from lm_core.charts.spreads import Spread, read_spreads, seed_spreads

BASE = Spread("Base", (0.5, 0.4))
CHANGED = [
    Spread("Width 128", (0.7, 0.9), "better"),
    Spread("Width <16>", (0.0, 0.1), "worse"),
    Spread("Heads 8", (0.45, 0.55)),
]
SENTENCE = (
    "Base 45 % (40 % to 50 %). Better with every seed: Width 128 80 %. Worse with every seed: "
    "Width <16> 5 %. Not told apart, seeds overlap: Heads 8 50 %."
)


def chart():
    return seed_spreads(BASE, CHANGED, title="After one change", unit="share", share=True)


def test_every_seed_is_a_point_and_the_base_a_band_through_all() -> None:
    figure = chart().figure
    points = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert list(points) == [
        "the base",
        "better with every seed",
        "worse with every seed",
        "not told apart, seeds overlap",
    ]
    drawn = {(x, y) for trace in points.values() for x, y in zip(trace.x, trace.y, strict=True)}
    rows = [BASE, *CHANGED]
    assert drawn == {(x, place) for place, row in enumerate(rows) for x in row.values}
    assert len({trace.marker.symbol for trace in points.values()}) == 4
    (band,) = figure.layout.shapes
    assert (band.x0, band.x1) == (0.4, 0.5)
    assert figure.layout.yaxis.ticktext == ("Base", "Width 128", "Width &lt;16&gt;", "Heads 8")
    assert figure.layout.xaxis.title.text == "share"
    lines = next(t for t in figure.data if t.mode == "lines" and t.line.color == "#D55E00")
    assert list(lines.x) == [0.0, 0.1, None]


def test_the_sentence_and_the_table_say_what_is_drawn() -> None:
    made = chart()
    assert made.alt == f"After one change, share: {SENTENCE}"
    assert made.table["changed"].tolist() == ["Base", "Width 128", "Width <16>", "Heads 8"]
    assert made.table["mean (share)"].tolist() == pytest.approx([0.45, 0.8, 0.05, 0.5])
    assert made.table["lowest"].tolist() == [0.4, 0.7, 0.0, 0.45]
    assert made.table["beside the base"].tolist() == [
        "the base",
        "better with every seed",
        "worse with every seed",
        "not told apart, seeds overlap",
    ]


def test_a_base_alone() -> None:
    assert read_spreads(BASE, []) == "Base 0.45 (0.4 to 0.5)."

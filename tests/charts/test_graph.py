"""The graph of a computed number: where its boxes stand, what it says."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.charts.graph import Box, Edge, layout, value_graph


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    n = draw(st.integers(1, 12))
    pairs = [(u, v) for v in range(n) for u in range(v)]
    return n, draw(st.lists(st.sampled_from(pairs), max_size=20)) if pairs else []


@given(graphs())
def test_boxes_stand_apart_and_below_what_they_are_made_of(graph: tuple) -> None:
    n, edges = graph
    where = layout(n, edges)
    assert len(where) == n
    assert all(where[u][1] < where[v][1] for u, v in edges)
    for i, (x, row) in enumerate(where):
        for other, line in where[:i]:
            assert line != row or abs(x - other) > 0.999


def test_it_says_how_far_the_walk_is() -> None:
    boxes = [Box("a<b>", "", 2, 3, "ready"), Box("x", "", 3, None, "waiting")]
    boxes.append(Box("L", "×", 6, 1, "now"))
    chart = value_graph(boxes, [Edge(0, 2, 3), Edge(1, 2, 2), Edge(0, 2, 1)])
    assert chart.alt == (
        "The graph of 3 numbers: the result is L = 6, and 2 gradients known in full. Just now L "
        "has handed its gradient on."
    )
    assert chart.table["made of"].tolist() == ["", "", "a<b>, x"]
    texts = [note.text for note in chart.figure.layout.annotations]
    assert texts[0] == "<b>a&lt;b&gt;</b><br>2<br>∂ 3"
    assert texts[1] == "<b>x</b><br>3<br>∂ ?"
    assert texts[2] == "<b>L</b> ×<br>6<br>∂ 1 ▲"
    assert texts[3:] == ["× 3", "× 2", "× 1"]
    assert "still empty" in value_graph([], []).alt

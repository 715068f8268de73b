from lm_core.charts.token_grid import ASKED, NOTHING, PADDING, READ, token_grid


def test_each_cell_says_what_it_is():
    chart = token_grid(
        [[READ, PADDING], [ASKED, NOTHING]],
        [["<a>", ""], ["b", ""]],
        rows=["1 reads", "is asked"],
        title="A batch",
        x="place",
    )
    assert chart.table.to_numpy().tolist() == [["1 reads", "<a>", "padding"], ["is asked", "b", ""]]
    assert chart.alt == "A batch: 2 rows of up to 2 cells; 1 read, 1 asked for, 1 padding."
    notes = [note.text for note in chart.figure.layout.annotations]
    assert notes == ["&lt;a&gt;", "b"]
    assert [trace.name for trace in chart.figure.data[1:]] == ["read", "asked for", "padding"]


def test_rows_may_differ_in_length_and_there_may_be_none():
    chart = token_grid(
        [[READ], [READ, READ]], [["a"], ["b", "c"]], rows=["x", "y"], title="T", x=""
    )
    assert chart.table.to_numpy().tolist() == [["x", "a", ""], ["y", "b", "c"]]
    assert "empty" in token_grid([], [], rows=[], title="T", x="").alt

import math

from lm_core.charts.beam_tree import COLUMNS, Twig, beam_tree

STEPS = [
    [
        Twig(None, "neuf", 0.6, math.log(0.6), "open", best=True),
        Twig(None, "dix", 0.3, math.log(0.3), "open"),
        Twig(None, "un", 0.1, math.log(0.1), "dropped"),
    ],
    [
        Twig(0, "<eos>", 0.9, math.log(0.54), "ended", best=True),
        Twig(1, "neuf", 0.5, math.log(0.15), "open"),
        Twig(1, "<b>", 0.1, math.log(0.03), "dropped"),
    ],
]


def lines(figure, width):
    """The ends of the lines of that width: (x, y) above and below."""
    (trace,) = [t for t in figure.data if t.mode == "lines" and t.line.width == width]
    ends = list(zip(trace.x, trace.y, strict=True))
    return list(zip(ends[0::3], ends[1::3], strict=True))


def test_the_best_is_a_thick_line_and_what_was_dropped_a_dotted_one():
    figure = beam_tree(STEPS, width=2).figure
    assert lines(figure, 4) == [((0, 0), (0, 1)), ((0, 1), (0, 2))]
    assert lines(figure, 1) == [((0, 0), (2, 1)), ((1, 1), (2, 2))]
    assert [t.line.dash for t in figure.data if t.mode == "lines"] == ["dot", None, None]


def test_signs_say_the_fate_and_words_of_others_are_no_markup():
    texts = [note.text for note in beam_tree(STEPS, width=2, root="nine").figure.layout.annotations]
    assert texts[:4] == ["nine", "● neuf<br>.60", "● dix<br>.30", "✕ un<br>.10"]
    assert texts[4] == "■ &lt;eos&gt;<br>.90"
    assert texts[6].startswith("✕ &lt;b&gt;")


def test_the_table_has_every_continuation_after_its_text():
    table = beam_tree(STEPS, width=2).table
    assert table["step"].tolist() == [1, 1, 1, 2, 2, 2]
    assert table["after"].tolist() == ["", "", "", "neuf", "dix", "dix"]
    became = ["goes on", "goes on", "dropped", "ended", "goes on", "dropped"]
    assert table["became"].tolist() == became
    assert table["part of the best"].tolist() == [True, False, False, True, False, False]


def test_more_than_fits_is_left_to_the_table():
    step = [Twig(None, f"t{n}", 0.1, -float(n), "open") for n in range(4)]
    step += [Twig(None, f"d{n}", 0.01, -9.0 - n, "dropped") for n in range(4)]
    chart = beam_tree([step], width=4)
    assert len(chart.figure.layout.annotations) == 1 + COLUMNS
    assert len(chart.table) == 8


def test_the_sentence_counts_and_names_the_best():
    assert beam_tree(STEPS, width=2).alt == (
        "Beam search with 2 beams over 2 steps: 6 continuations competed, 3 went on, 1 ended, 2 "
        "were dropped. The best: neuf <eos>."
    )
    assert "still empty" in beam_tree([], width=1).alt

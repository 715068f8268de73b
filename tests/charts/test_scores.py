import numpy as np

from lm_core.charts.scores import score_map, share_bars

SCORES = {"BLEU": [1.0, 0.25, 0.5], "<b>": [1.0, 0.0, 0.999]}


def test_a_row_an_answer_a_column_a_metric() -> None:
    chart = score_map(["same", "<i>", "cut"], SCORES)
    (heat,) = chart.figure.data
    assert np.array(heat.z).tolist() == [[1.0, 1.0], [0.25, 0.0], [0.5, 0.999]]
    written = [note.text for note in chart.figure.layout.annotations]
    assert written == ["1.0", "1.0", ".25", ".00", ".50", "1.0"]
    assert chart.table["BLEU (share of 1)"].tolist() == SCORES["BLEU"]
    assert "BLEU ranks same first (1.00) and <i> last (0.25)" in chart.alt
    assert "&lt;i&gt;: &lt;b&gt; 0.00" in heat.text[1][1]  # both are text, never markup
    assert chart.figure.layout.xaxis.ticktext == ("BLEU", "&lt;b&gt;")


def test_answers_of_one_name_stay_apart_and_none_is_said() -> None:
    assert score_map(["a", "a"], {"m": [0.1, 0.2]}).table["answer"].tolist() == ["a₁", "a₂"]
    assert "still empty" in score_map([], {}).alt
    assert "still empty" in score_map([], {"m": []}).alt
    assert score_map(["a"], {}).table["answer"].tolist() == ["a"]


def test_bars_of_shares_say_their_words() -> None:
    chart = share_bars(["a", "b"], [0.75, 0.25], ["3 of 4", "1 of 4"], title="Runs", x="share")
    assert list(chart.figure.data[0].x) == [0.75, 0.25]
    assert chart.alt == "Runs: a 3 of 4; b 1 of 4."
    assert chart.table["share (share of 1)"].tolist() == [0.75, 0.25]
    assert share_bars([], [], [], title="Runs", x="share").alt == "Runs: still empty."

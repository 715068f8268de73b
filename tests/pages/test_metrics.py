"""The Metrics screen: each figure that the course prints is read off it, and each widget moves."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.evaluation.bleu_steps import bleu_steps
from lm_core.evaluation.side_by_side import side_by_side
from pages._ui.metrics.dice import OFFERED
from pages._ui.metrics.examples import EXAMPLES
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
TEXTS, APART = "Translation and summaries", "Where they disagree"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(part: str = "Perplexity", **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["metrics-part"] = part
    for name, value in address.items():
        app.query_params[f"metrics-{name.replace('_', '-')}"] = value
    app.switch_page("pages/metrics.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.latex, *app.caption])


def figures(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


# Perplexity ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bits", "choices"),
    [
        ("A coin", 1, 2),
        ("One side", 0, 1),
        ("Four fair sides", 2, 4),
        ("One side likely", 1.35678, 2.5611),
        ("One side nearly sure", 0.2419, 1.1826),
        ("Two sides likely", 1.1414, 2.2060),
    ],
)
def test_the_dice_of_the_course(name: str, bits: float, choices: float) -> None:
    weights = OFFERED[name]
    sides = {f"side_{i + 1}": str(weight) for i, weight in enumerate(weights)}
    app = sound(opened(sides=str(len(weights)), **sides))
    assert float(figures(app)["Entropy, bits"]) == pytest.approx(bits, abs=5e-5)
    assert float(figures(app)["Perplexity"]) == pytest.approx(choices, abs=5e-5)


def test_a_die_that_is_offered_can_be_changed() -> None:
    app = sound(opened().button(key="metrics-die-Two sides likely").click().run())
    assert figures(app)["Perplexity"] == "2.2060"
    sound(app.slider(key="metrics-side-3").set_value(49).run())
    assert figures(app)["Perplexity"] != "2.2060"
    sound(app.slider(key="metrics-sides").set_value(2).run())
    assert figures(app)["Perplexity"] == "2.0000"


def test_two_tokens_by_hand_and_who_knows_nothing() -> None:
    """The guide's two sentences (it prints 1.668 for the second), and 27 and 65 characters."""
    app = sound(opened())
    tokens = table(app, "perplexity of it alone")
    assert tokens["surprise (nats)"].round(4).tolist() == [0.2231, 0.5108]
    assert tokens["perplexity of it alone"].round(3).tolist() == [1.250, 1.667]
    assert "(0.2231 + 0.5108) / 2 = **0.3670** nats" in said(app)
    assert "= **1.4434**" in said(app)
    assert r"\ln 27 = 3.2958" in said(app)
    sound(app.number_input(key="metrics-vocabulary").set_value(65).run())
    assert r"\ln 65 = 4.1744" in said(app)


def test_what_cannot_be_a_probability_is_refused_in_a_sentence() -> None:
    app = opened(came="0.8 x")
    assert [error.value for error in app.error] == [
        "“x” is no probability: give numbers from 0 to 1 with a point, as 0.8 0.6."
    ]
    assert figures(app)["Perplexity"] == "2.5611"  # the rest of the screen stays
    assert "**∞**" in said(sound(app.text_input(key="metrics-came").set_value("0.5 0").run()))
    app = opened(sides="2", side_1="0", side_2="0")
    assert "a weight above 0" in app.error[0].value


# Classification -----------------------------------------------------------------------------------


def test_the_usual_four_and_the_report_of_three_classes() -> None:
    """The course's two examples: real 0 1 0 1 1, said 0 0 0 1 1; and the table of week 4."""
    app = sound(opened("Classification"))
    report = table(app, "precision").set_index("class")
    columns = ["precision", "recall", "F1"]
    assert report.loc["negative", columns].astype(float).round(2).tolist() == [0.5, 1.0, 0.67]
    assert report.loc["neutral", columns].tolist() == [0, 0, 0]
    assert report.loc["positive", columns].astype(float).round(2).tolist() == [1.0, 0.67, 0.8]
    means = report.iloc[3:][columns].astype(float).round(2).to_numpy().tolist()
    assert means == [[0.5, 0.56, 0.49], [0.7, 0.6, 0.61], [0.6, 0.6, 0.6]]
    assert "accuracy = (1 + 0 + 2) / 5 = **0.6000**" in said(app)
    sound(app.button(key="metrics-classes-Two classes").click().run())
    assert "accuracy = (2 + 2) / 5 = **0.8000**" in said(app)
    for line in (
        "precision = 2 / (0 + 2) = **1.0000**",
        "recall = 2 / (1 + 2) = **0.6667**",
        "F1 = 2 × 1.0000 × 0.6667 / (1.0000 + 0.6667) = **0.8000**",
    ):
        assert line in said(app)
    assert app.query_params["metrics-counts"] == "2,0;1,2"


def test_a_rare_class_is_seen_in_macro_f1() -> None:
    app = sound(opened("Classification", classes="usual, rare", counts="95,0;5,0"))
    assert "Accuracy is 0.9500 and macro F1 0.4872" in said(app)
    assert "A share of nothing is counted as 0." in said(app)


@pytest.mark.parametrize(
    ("classes", "counts", "why"),
    [
        ("no, yes", "1,;0,1", "“no” taken for “yes” has no count"),
        ("no, yes", "1,x;0,1", "“no” taken for “yes” has no count"),
        ("no, yes", "1,9999999;0,1", "to 1,000,000"),
        ("no, yes", "0,0;0,0", "at least one case"),
        ("no, no", "1,0;0,1", "different classes"),
        ("one", "1", "2 to 8"),
    ],
)
def test_a_bad_table_is_one_sentence(classes: str, counts: str, why: str) -> None:
    (error,) = opened("Classification", classes=classes, counts=counts).error
    assert why in error.value


def test_another_number_of_classes_keeps_the_counts() -> None:
    app = sound(opened("Classification", classes="a, b", counts="3,1;0,2"))
    sound(app.text_input(key="metrics-classes").set_value("a, b, c").run())
    assert app.data_editor[0].value.iloc[:, 1:].to_numpy().tolist() == [
        [3, 1, 0],
        [0, 2, 0],
        [0] * 3,
    ]
    sound(app.text_input(key="metrics-classes").set_value("a, b").run())
    assert "accuracy = (3 + 2) / 6" in said(app)


@pytest.mark.parametrize("counts", ["", ";;;", "1", "9" * 600, "1,2,3;4", ",".join("1" * 50)])
def test_whatever_stands_in_the_address(counts: str) -> None:
    opened("Classification", counts=counts)


# Texts --------------------------------------------------------------------------------------------


def scores(app: AppTest) -> dict[str, float]:
    return table(app, "what it counts").set_index("metric")["score"].to_dict()


def test_the_knight_errant() -> None:
    app = sound(opened(TEXTS))
    assert scores(app)["BLEU"] == pytest.approx(0.19088841781992524, abs=1e-15)
    assert scores(app)["METEOR"] == pytest.approx(0.5350702240481536, abs=1e-15)
    assert "19.0888 of 100" in said(app)
    assert "BLEU = 0.87895 × 0.21718 = **0.190888**" in said(app)
    assert "sacrebleu gives the same number" in said(app)
    sound(app.button(key="metrics-change").click().run())  # the same, to be changed
    sound(app.text_input(key="metrics-synonyms").set_value("").run())
    assert scores(app)["METEOR"] == pytest.approx(0.49634304588887584, abs=1e-15)
    assert "WordNet" in said(app)


def test_a_word_counts_as_often_as_a_reference_holds_it() -> None:
    app = sound(opened(TEXTS, example="The the the"))
    assert table(app, "counts").to_numpy().tolist() == [["the", 7, 2, 2]]
    assert "**2 of 7** count" in said(app)


def test_words_out_of_order_share_no_run_of_four() -> None:
    app = sound(opened(TEXTS, example="Words out of order"))
    assert "**4 of 5** count" in said(app)
    (runs,) = [one for one in app.segmented_control if one.key == "metrics-run"]
    sound(runs.set_value(4).run())
    assert "**0 of 2** count" in said(app)
    assert scores(app)["BLEU"] == 0


def test_the_exoplanets_and_an_answer_that_is_a_reference() -> None:
    found = scores(sound(opened(TEXTS, example="Exoplanets, a summary")))
    rouges = [round(found[name], 5) for name in ("ROUGE-1", "ROUGE-2", "ROUGE-L")]
    assert rouges == [0.79070, 0.53659, 0.74419]
    assert scores(opened(TEXTS, example="Antarctica, one of two references"))["BLEU"] == 1


def test_sentences_of_ones_own() -> None:
    own = {"example": "Your own", "said": "a b c d e", "real": "a b c d", "other": "x"}
    app = sound(opened(TEXTS, **own))
    expected = side_by_side("a b c d e", "a b c d", "x").shares
    assert scores(app) == pytest.approx(expected)
    sound(app.toggle(key="metrics-smooth").set_value(False).run())
    assert scores(app)["BLEU"] == pytest.approx(
        bleu_steps("a b c d e", "a b c d", smoothing="none").score / 100
    )
    for field in ("real", "other"):
        app.text_area(key=f"metrics-{field}").set_value(" ")
    assert "give a reference" in app.run().error[0].value


@pytest.mark.parametrize("text", ["", "\u202e שלום 👩\u200d👧 e\u0301", "\n\n", "& &amp; <b>"])
def test_strange_text_is_text(text: str) -> None:
    app = opened(TEXTS, example="Your own", said=text, real=text)
    assert not app.exception
    if text.strip():
        assert scores(app)["exact match"] == 1


# Where they disagree ------------------------------------------------------------------------------


def test_what_is_said_of_the_answers_is_so() -> None:
    app = sound(opened(APART))
    found = table(app, "a reader says").set_index("answer")
    same, paraphrase, negation, _, shuffled, *_ = found.index
    assert (found.loc[same, "exact match"], found.loc[shuffled, "ROUGE-1"]) == (1, 1)
    assert found.loc[shuffled, "ROUGE-2"] == 0
    assert found.loc[shuffled, "BLEU"] < 0.1
    wrong = found.drop(index=[same, "mean of all"])
    for metric in ("BLEU", "chrF", "ROUGE-L", "METEOR"):
        order = wrong[metric].sort_values(ascending=False).index.tolist()
        assert negation in order[:2], metric
        assert paraphrase in order[-2:], metric


def test_one_of_three_answers_is_right_to_the_letter() -> None:
    app = sound(opened(APART, set="Three answers to the letter"))
    found = table(app, "a reader says")["exact match"]
    assert found.tolist() == [0, 1, 0, 1 / 3]


def test_every_example_is_what_the_library_says() -> None:
    assert len(EXAMPLES) == 6
    for one in EXAMPLES.values():
        references = [text for text in (one.reference, one.other) if text]
        how = {"lower_case": one.lower_case, "smoothing": "exp" if one.smoothed else "none"}
        shares = side_by_side(one.answer, *references, **how).shares
        steps = bleu_steps(one.answer, *references, **how)
        assert shares["BLEU"] == pytest.approx(steps.score / 100)

"""The further parts of Compare: ablations, what more parameters buy, and the study in words; each
from its file."""

import json
import math
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.evaluation.standings import Result, standings
from lm_core.evaluation.study import configurations, read
from lm_core.evaluation.word_study import TEST, ranked, read_words
from pages._ui.compare import ablations, in_words, scaling
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
PARTS = {"ablations": "Ablations", "scaling": "What more parameters buy", "words": "In words"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


def opened(part: str, **address: str) -> AppTest:
    at = AppTest.from_file(APP, default_timeout=PATIENCE).switch_page("pages/compare.py")
    at.query_params["compare-part"] = PARTS[part]
    for name, value in address.items():
        at.query_params[name.replace("_", "-")] = value
    at.run()
    assert not at.exception
    assert not at.error
    return at


def drawn(at: AppTest) -> dict:
    (chart,) = at.get("plotly_chart")
    return json.loads(chart.proto.spec)


def points(figure: dict, mode: str = "markers") -> set[tuple[float, float]]:
    traces = [trace for trace in figure["data"] if trace.get("mode") == mode]
    return {(x, y) for t in traces for x, y in zip(t["x"], t["y"], strict=True)}


def text(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def test_the_race_stands_first_and_an_address_chooses() -> None:
    at = AppTest.from_file(APP, default_timeout=PATIENCE).switch_page("pages/compare.py").run()
    row = at.segmented_control(key="compare-part")
    assert (row.value, row.options[0]) == ("race", "The race")
    assert at.button(key="compare-start")
    row.set_value("ablations").run()
    assert not at.exception
    assert "compare-start" not in [button.key for button in at.button]
    assert opened("ablations").segmented_control(key="compare-part").value == "ablations"


@pytest.mark.parametrize(("family", "title"), [("transformer", "Transformer"), ("lstm", "LSTM")])
def test_every_seed_of_every_switch_is_drawn(family: str, title: str) -> None:
    at = opened("ablations", compare_ablations=title)
    of = [row for row in read(ablations.STUDY) if row["family"] == family]
    base, *changed = configurations(of)
    figure = drawn(at)
    assert figure["layout"]["title"]["text"] == f"{title}: loss after one switch"
    wanted = {(x, p) for p, one in enumerate([base, *changed]) for x in one.of("validation_nats")}
    assert points(figure) == wanted
    (table,) = (one.value for one in at.dataframe)
    assert table["changed"].tolist() == ["Base", *map(ablations.label, changed)]
    assert table["parameters"].tolist() == [one.mean("parameters") for one in [base, *changed]]
    assert ablations.noticed(base, changed) in text(at)
    assert "make ablations" in at.code[0].value


def test_what_is_noticed_counts_what_is_told_apart() -> None:
    def runs(called: str, *nats: float) -> list[dict[str, str]]:
        return [
            {"called": called, "value": "true", "base": "false", "validation_nats": str(one)}
            for one in nats
        ]

    base, *changed = configurations(
        [*runs("", 2.0, 2.1), *runs("A", 2.5, 2.6), *runs("B", 2.05), *runs("C", 2.2, 2.3)]
    )
    assert ablations.noticed(base, changed) == (
        "2 of 3 switches are worse with every seed, most of all A on (+0.500 nats); no switch is "
        "better with every seed. The other 1 cannot be told from the base."
    )


def test_every_run_is_drawn_and_the_law_is_told() -> None:
    at = opened("scaling")
    report = scaling.found(scaling.STUDY.stat().st_mtime_ns)
    wanted = {(run.parameters["without"], run.nats) for run in report.runs}
    assert points(drawn(at)) == wanted
    assert scaling.noticed(report) in text(at)
    assert scaling.foretold(report) in text(at)
    laws = next(one.value for one in at.dataframe if "E (nats)" in one.value)
    assert laws["Parameters counted"].tolist() == list(scaling.COUNTED.values())
    assert "make scaling" in at.code[0].value


def test_it_can_be_had_over_text_and_with_other_parameters_counted() -> None:
    at = opened("scaling", compare_over="Text", compare_counted="Blocks only")
    report = scaling.found(scaling.STUDY.stat().st_mtime_ns)
    assert points(drawn(at)) == {(run.tokens, run.nats) for run in report.runs}
    table = next(one.value for one in at.dataframe if "Best size (parameters)" in one.value)
    sizes = report.laws["blocks"].best.values()
    assert table["Best size (parameters)"].tolist() == [round(size) for size in sizes]


def test_the_study_in_words_says_what_was_found_beside_what_the_course_reports() -> None:
    at = opened("words")
    rows = read_words(in_words.STUDY)
    assert len(at.get("vega_lite_chart")) == 1
    table = next(one.value for one in at.dataframe if "test perplexity" in one.value)
    best = min(rows, key=lambda row: float(row["test_nats"]))
    assert table["model"].iloc[0] == in_words.TITLES[best["family"]]
    perplexities = dict(zip(table["model"], table["test perplexity"], strict=True))
    (counted,) = (float(row["test_nats"]) for row in rows if row["family"] == "ngram")
    assert perplexities["5-gram that counts"] == pytest.approx(math.exp(counted), abs=0.06)
    reported = dict(zip(table["model"], table["the course's test perplexity"], strict=True))
    assert reported["5-gram network"] == 305.28
    assert in_words.noticed(ranked(rows)) in text(at)
    lines = {trace["name"] for trace in drawn(at)["data"]}
    assert lines == set(in_words.TITLES.values())
    assert "make words" in at.code[0].value


def test_the_order_of_the_course_is_confirmed_or_not() -> None:
    def found(**nats: float) -> str:
        runs = [Result(f, s, {TEST: x + s / 100}) for f, x in nats.items() for s in (0, 1)]
        return in_words.noticed(standings(runs, by=TEST))

    theirs = "LSTM (198), 5-gram network (305)."
    assert f"That is the order of the course: {theirs}" in found(mlp=6, lstm=5)
    assert f"another order of the networks: {theirs}" in found(mlp=5, lstm=6)


@pytest.mark.parametrize("held", [None, "", "budget\n1\n"])
@pytest.mark.parametrize(
    ("part", "module"), [("ablations", ablations), ("scaling", scaling), ("words", in_words)]
)
def test_a_study_that_is_absent_or_damaged_is_told(
    part: str, module, held: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "study.csv"
    if held is not None:
        file.write_text(held)
    monkeypatch.setattr(module, "STUDY", file)
    at = opened(part)
    assert f"`make {part}` makes it" in at.info[0].value
    assert not at.get("plotly_chart")

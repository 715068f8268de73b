"""The Dataset explorer shows pairs and labelled texts as what they are, with real figures."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.corpora.own import save_own
from lm_core.corpora.own_kind import corpus_of
from lm_core.tokenizers.word import split_words
from tests.corpora.test_own_kind import CLASSES, PAIRS, VALUES
from tests.marks import most_slow
from tests.pages.screens import sound
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
LOOKS = {
    "pairs": ["Search", "Phrases", "Lengths", "Words", "Vocabulary", "Splits"],
    "labelled": ["Search", "Labels", "Typical words", "Phrases", "Lengths"],
}
LOOKS["labelled"] += ["Words", "Vocabulary", "Splits"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return tmp_path


def opened(text: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in {"text": text, **address}.items():
        app.query_params[name] = value
    return sound(app.switch_page("pages/dataset_explorer.py").run())


def own(kind: str, text: str, **more: object) -> str:
    return f"own-{save_own(corpus_of(kind, text, title='mine', **more))}"


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def titles(app: AppTest) -> list[str]:
    return [chart["layout"]["title"]["text"] for chart in charts(app)]


def words(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def look(app: AppTest, which: str, kind: str = "pairs") -> AppTest:
    return sound(app.segmented_control(key=f"explorer-look-{kind}").set_value(which).run())


def test_pairs_stand_side_by_side_with_the_words_of_each_side() -> None:
    app = opened("numbers-en-fr")
    corpus = load_corpus("numbers-en-fr")
    many = sum(map(len, corpus.splits.values()))
    assert metrics(app)["Pairs"] == f"{many:,}"
    assert list(metrics(app)) == ["Pairs", *(f"Words of {side}" for side in corpus.sides)]
    sample = app.dataframe[0].value
    assert list(sample.columns) == list(corpus.sides)
    assert set(map(tuple, sample.to_numpy())) <= set(corpus.splits["train"])
    assert titles(app) == [f"Length of {corpus.sides[0]} sides"]
    assert "different sources stand with several targets" in words(app)
    first = sample.to_numpy().tolist()
    sound(app.button(key="explorer-again").click().run())
    assert app.dataframe[0].value.to_numpy().tolist() != first
    sound(app.segmented_control(key="explorer-first-side").set_value(corpus.sides[1]).run())
    assert titles(app) == [f"Length of {corpus.sides[1]} sides"]


def test_pairs_are_searched_on_both_sides() -> None:
    app = opened("numbers-en-fr", **{"explorer-search": "eighty"})
    corpus = load_corpus("numbers-en-fr")
    for split, rows in corpus.splits.items():
        many = sum("eighty" in source or "eighty" in target for source, target in rows)
        assert f"{many:,} in {split}" in words(app)
    assert app.dataframe[-1].value[corpus.sides[0]].str.contains("eighty").all()
    sound(app.text_input(key="explorer-search").set_value("no such word").run())
    assert "It stands nowhere here" in app.caption[-1].value
    sound(app.text_input(key="explorer-search").set_value("").run())
    assert "All of them" in words(app)


def test_a_side_is_searched_by_pattern_and_by_words_in_their_context() -> None:
    app = opened("numbers-en-fr", **{"explorer-search": r"\bsix\w+"})
    corpus = load_corpus("numbers-en-fr")
    sound(app.segmented_control(key="explorer-as").set_value("Pattern").run())
    sides = {split: [row[0] for row in rows] for split, rows in corpus.splits.items()}
    for split, texts in sides.items():
        many = sum(len(re.findall(r"\bsix\w+", text)) for text in texts)
        assert f"{many:,} in {split}" in words(app)
    found = app.dataframe[-1].value
    assert found.iloc[0][corpus.sides[1]] in {row[1] for row in corpus.splits["train"]}
    app.segmented_control(key="explorer-as").set_value("Words in context")
    sound(app.text_input(key="explorer-search").set_value("vingt").run())
    sound(app.segmented_control(key="explorer-search-side").set_value(corpus.sides[1]).run())
    every = [row[1] for rows in corpus.splits.values() for row in rows]
    many = sum(split_words(text).count("vingt") for text in every)
    assert f"stands {many:,} times" in words(app)
    sound(app.segmented_control(key="explorer-as").set_value("Pattern").run())
    app.text_input(key="explorer-search").set_value("(").run()
    assert not app.exception
    assert "not a pattern" in app.error[0].value


def test_closer_looks_at_pairs() -> None:
    app = look(opened(own("pairs", PAIRS, sides=("English", "French"))), "Lengths")
    assert titles(app)[1:] == ["Length of English sides", "Length of French sides"]
    assert "95 % of them have at most 2 words in English and 2 words in French" in words(app)
    look(app, "Words")
    assert titles(app)[1:] == ["Most frequent words"]
    assert app.dataframe[-1].value.iloc[0]["word"] == "word"
    sound(app.segmented_control(key="explorer-side").set_value("French").run())
    assert app.dataframe[-1].value.iloc[0]["word"] == "mot"
    look(app, "Splits")
    assert "Doubles removed, shuffled once" in words(app)
    assert "**0 by English and 0 by French of 4** validation pairs also stand in train" in words(
        app
    )
    assert list(app.dataframe[-1].value["pairs"]) == [32, 4, 4]


def test_classes_are_counted_in_each_part_and_explained() -> None:
    app = opened("names-by-sex")
    corpus = load_corpus("names-by-sex")
    assert metrics(app)["Classes"] == "2"
    assert corpus.info.about.split(":")[0] in words(app)
    assert titles(app) == ["How often each class comes"]
    names = [trace["name"] for trace in charts(app)[0]["data"]]
    assert names == ["train", "validation", "test"]
    share = max(
        sum(label == one for _, label in corpus.splits["train"]) for one in corpus.classes
    ) / len(corpus.splits["train"])
    assert f"is right in {100 * share:.0f} % of the training texts" in words(app)
    assert set(map(tuple, app.dataframe[0].value.to_numpy())) <= set(corpus.splits["train"])
    look(app, "Labels", "labelled")
    table = app.dataframe[-1].value
    for label, count in zip(table["class"], table["test"], strict=True):
        assert count == sum(one == label for _, one in corpus.splits["test"])


def test_values_have_a_picture_and_a_unit() -> None:
    app = opened(own("values", VALUES, unit="stars"))
    assert metrics(app)["Lowest stars"] == "0"
    assert metrics(app)["Highest stars"] == "1.75"
    assert titles(app) == ["How the values are spread"]
    assert charts(app)[0]["layout"]["xaxis"]["title"]["text"] == "stars"
    assert "is off by 0.5" in words(app)
    look(app, "Labels", "labelled")
    assert app.dataframe[-1].value["texts"].tolist() == [5] * 8


@pytest.mark.parametrize("kind", LOOKS)
def test_each_look_opens_and_can_be_linked_to(kind: str) -> None:
    text = own("pairs", PAIRS) if kind == "pairs" else own("classes", CLASSES)
    for which in LOOKS[kind]:
        app = opened(text, **{f"explorer-look-{kind}": which})
        assert app.segmented_control(key=f"explorer-look-{kind}").value == which
        assert all(chart.proto.alt for chart in app.get("plotly_chart"))


@pytest.mark.parametrize(
    "sides",
    most_slow(
        [["text", "text"], ["<b>", "$x$"], ["part of the data", "pairs"], ["*", "split"]],
        quick=[["<b>", "$x$"], ["part of the data", "pairs"]],
    ),
)
def test_whatever_the_sides_are_called(sides: list[str]) -> None:
    app = opened(own("pairs", PAIRS, sides=tuple(sides)))
    for which in LOOKS["pairs"]:
        look(app, which)


@pytest.mark.parametrize(
    "unit", most_slow(["text", "<b>", "part of the data", "$a$"], quick=["<b>", "part of the data"])
)
def test_whatever_the_unit_is_called(unit: str) -> None:
    app = opened(own("values", VALUES, unit=unit))
    for which in LOOKS["labelled"]:
        look(app, which, "labelled")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("wordmt 1*$<") | st.characters(), max_size=30))
def test_whatever_is_looked_for(text: str) -> None:
    app = opened(own("pairs", PAIRS))
    sound(app.text_input(key="explorer-search").set_value(text).run())


def test_going_from_one_kind_to_another_keeps_the_screen_whole() -> None:
    app = opened("names", **{"explorer-look": "Phrases"})
    for text in ("numbers-in-words", "names-by-sex", "names"):
        sound(app.selectbox(key="explorer-text").set_value(text).run())
        assert app.get("plotly_chart")

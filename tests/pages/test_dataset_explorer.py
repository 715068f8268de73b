"""The Dataset explorer shows real figures of every kind of text, and each widget moves."""

import base64
import json
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import Corpus, CorpusInfo, load_corpus
from pages._ui.explorer import figures
from tests.pages.html import html
from tests.pages.screens import sound
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
LOOKS = ["Most frequent", "Search", "Phrases", "Typical words", "Vocabulary", "Lengths", "Splits"]
LOOKS += ["What the model sees", "Cleaning"]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    return tmp_path


def opened(text: str = "names", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in {"text": text, **address}.items():
        app.query_params[name] = value
    return sound(app.switch_page("pages/dataset_explorer.py").run())


def test_another_text_under_the_same_name_is_counted_anew() -> None:
    def words(text: str, title: str = "") -> list[str]:
        info = CorpusInfo("names", title, "", "")
        return figures.counts(Corpus(info, {"train": [text]}), "Words")["token"].tolist()

    assert words("one one two") == words("one one two", "called otherwise") == ["one", "two"]
    assert words("two two one") == ["two", "one"]


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def charts(app: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def words(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def test_it_opens_on_the_names_with_their_sizes_a_sample_and_a_picture() -> None:
    app = opened()
    assert metrics(app) == {"Items": "29,910", "Characters": "215 k", "Bytes": "215 kB"}
    sample = html(app)[0]
    shown = [part.split("<")[0] for part in sample.split(">") if part.split("<")[0].strip()]
    assert len(shown) == 40
    assert set(shown) <= set(load_corpus("names").splits["train"])
    assert charts(app)[0]["layout"]["title"]["text"] == "Rank and frequency"
    ranks = base64.b64decode(charts(app)[0]["data"][0]["x"]["bdata"])
    assert list(ranks) == list(range(1, 27))  # a to z
    assert "“a”, is 18 % of the training text" in words(app)
    assert "Public domain" in app.caption[0].value


def test_another_sample_is_another_one_and_of_the_part_asked_for() -> None:
    app = opened()
    first = html(app)[0]
    sound(app.button(key="explorer-again").click().run())
    assert html(app)[0] != first
    sound(app.segmented_control(key="explorer-split").set_value("test").run())
    name = html(app)[0].split(">")[2].split("<")[0]
    assert name in load_corpus("names").splits["test"]


@pytest.mark.parametrize("unit", ["Words", "Pieces (BPE)"])
def test_tokens_of_other_kinds_are_counted(unit: str) -> None:
    app = opened()
    sound(app.segmented_control(key="explorer-unit-Characters").set_value(unit).run())
    table = app.dataframe[-1].value
    whole = len(load_corpus("names").splits["train"])
    if unit == "Words":
        assert (table["times"] == 1).all()  # each name once
        assert f"of the {whole:,} different words" in words(app)
    else:
        assert table["piece"].str.len().max() > 2  # letters were merged
        assert table["times"].is_monotonic_decreasing


def test_each_closer_look_opens_and_can_be_linked_to() -> None:
    for look in LOOKS:
        app = opened(**{"explorer-look": look})
        assert app.segmented_control(key="explorer-look").value == look
    assert "By year" not in app.segmented_control(key="explorer-look").options


def test_lengths_are_those_of_the_part() -> None:
    app = opened(**{"explorer-look": "Lengths"})
    assert "95 % of the items have at most 9 characters" in words(app)
    sound(app.segmented_control(key="explorer-length-split").set_value("validation").run())
    table = app.dataframe[-1].value
    assert table["number of items"].sum() == 1000


def test_splits_say_their_rule_and_that_nothing_leaks() -> None:
    app = opened(**{"explorer-look": "Splits"})
    said = words(app)
    assert "Doubles removed, shuffled once" in said
    assert "**0 of 1,000** validation items also stand in train." in said
    assert list(app.dataframe[-1].value["items"]) == [27_910, 1000, 1000]


def test_search_counts_every_place_in_each_part() -> None:
    app = opened(**{"explorer-look": "Search"})
    sound(app.text_input(key="explorer-search").set_value("ella").run())
    train = sum(name.count("ella") for name in load_corpus("names").splits["train"])
    assert f"{train:,} in train" in words(app)
    assert app.dataframe[-1].value["in its place"].str.contains("⟦ella⟧").all()
    sound(app.checkbox(key="explorer-case").check().run())
    sound(app.text_input(key="explorer-search").set_value("ELLA").run())
    assert "0 in train, 0 in validation, 0 in test" in words(app)
    assert "stands nowhere" in app.caption[-1].value
    sound(app.text_input(key="explorer-search").set_value("").run())
    assert "Type a word" in app.info[0].value


def test_phrases_of_names_are_runs_of_letters() -> None:
    app = opened(**{"explorer-look": "Phrases"})
    sound(app.number_input(key="explorer-phrase-n").set_value(2).run())
    top = app.dataframe[-1].value.iloc[0]
    train = load_corpus("names").splits["train"]
    pairs = [a + b for name in train for a, b in pairwise(name)]
    assert top["times"] == pairs.count(top["phrase"]) == max(map(pairs.count, ("an", "ar", "el")))


def test_speeches_have_a_passage_with_its_year_and_a_picture_by_year() -> None:
    app = opened("speeches", **{"explorer-look": "By year"})
    assert metrics(app)["Documents"] == "237"
    assert metrics(app)["Words"] == "2.18 M"
    label = app.caption[0].value.removeprefix("From ").split(",")[0]
    assert label in load_corpus("speeches").labels["train"]
    assert "“the”, is 8 % of the training text" in words(app)
    spec = next(c for c in charts(app) if c["layout"]["title"]["text"].endswith("by year"))
    assert [trace["name"] for trace in spec["data"]] == ["train", "validation", "test"]
    sound(app.selectbox(key="explorer-year-label").set_value("1861 Abraham Lincoln").run())
    assert app.text[-1].value.startswith("Fellow-Citizens of the Senate")


def test_running_text_of_ones_own_is_measured_in_lines(home: Path) -> None:
    from lm_core.corpora.own import own_corpus, save_own

    lines = [f"{i} little <b>lines</b> of text" for i in range(60)]
    sha = save_own(own_corpus("\n".join(lines), title="mine", items=False))
    app = opened(f"own-{sha}", **{"explorer-look": "Splits"})
    assert metrics(app)["Lines"] in ("60", "61", "62")  # a cut inside a line makes two
    assert "In order: 90 %" in words(app)
    assert "documents" not in app.dataframe[-1].value
    for look in LOOKS:
        sound(app.segmented_control(key="explorer-look").set_value(look).run())


def test_a_text_that_is_not_here_shows_its_card_and_nothing_else() -> None:
    app = opened("tiny-shakespeare")
    assert "has to be downloaded once" in words(app)
    assert not app.get("plotly_chart")

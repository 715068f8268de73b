"""What a model sees of a text, how its splits were made, what cleaning does: as the page shows
it."""

from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.corpora.names import names_as_given
from lm_core.corpora.pair_surprise import pair_surprise
from lm_core.runs.spec import CorpusSpec, RunSpec
from tests.pages.screens import first_table, sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(look: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["text"], app.query_params["explorer-look"] = "names", look
    return sound(app.switch_page("pages/dataset_explorer.py").run())


def words(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def test_emma_stands_there_as_contexts_and_targets_of_any_length() -> None:
    app = opened("What the model sees")
    shown = table(app, "context")
    assert list(zip(shown["context"], shown["target"], strict=True)) == [
        ("...", "e"),
        ("..e", "m"),
        (".em", "m"),
        ("emm", "a"),
        ("mma", "."),
    ]
    for length, rows in ((3, "19,683"), (2, "729"), (1, "27")):
        sound(app.number_input(key="explorer-context").set_value(length).run())
        assert f"27 signs to the power {length} are **{rows}** rows" in words(app)
    assert "training text fill 27 of them" in words(app)
    shown = table(app, "context")
    assert shown["context as ids"].tolist() == ["0", "5", "13", "13", "1"]
    assert shown["target as id"].tolist() == [5, 13, 13, 1, 0]


def test_a_block_of_nine_has_eight_samples_and_a_batch_its_targets_underneath() -> None:
    app = opened("What the model sees")
    sound(app.segmented_control(key="explorer-sees").set_value("A block").run())
    samples = table(app, "it is asked for")
    assert len(samples) == 8
    assert samples["ids"].str.split(", ").map(len).tolist() == list(range(1, 9))
    sound(app.segmented_control(key="explorer-sees").set_value("A batch").run())
    sound(app.segmented_control(key="explorer-batch-as").set_value("ids").run())
    batch = table(app, "row").set_index("row")
    assert len(batch) == 8
    first, targets = batch.iloc[0].tolist(), batch.iloc[1].tolist()
    asked = [id for id in targets if id != "padding"]
    assert first[1 : len(asked)] == asked[: len(asked) - 1]  # one token further on
    for look in ("Windows", "Padding and masks"):
        sound(app.segmented_control(key="explorer-sees").set_value(look).run())
    causal = first_table(app, "row").drop(columns="row")
    there = [(i, j) for i in range(len(causal)) for j in range(i + 1, len(causal))]
    assert all(causal.iloc[i, j] in ("", "padding, never") for i, j in there)


def test_splits_are_laid_over_each_other_and_say_what_a_naive_one_leaks() -> None:
    app = opened("Splits")
    for kind in ("Histogram", "Box", "Violin"):
        look = app.segmented_control(key="explorer-splits-look")
        sound(look.set_value("Are they alike").run())
        sound(app.segmented_control(key="explorer-alike-kind").set_value(kind).run())
        assert "The parts are alike" in words(app)
    sound(app.segmented_control(key="explorer-splits-look").set_value("What leaks").run())
    given, doubles = names_as_given(), len(names_as_given()) - len(set(names_as_given()))
    assert f"{len(given):,} items with {doubles:,} doubles" in words(app)
    corpus = load_corpus("names")
    shares = table(app, "letters in a row").set_index("letters in a row")
    train = {name[k : k + 4] for name in corpus.splits["train"] for k in range(len(name) - 3)}
    asked = [name[k : k + 4] for name in corpus.splits["test"] for k in range(len(name) - 3)]
    expected = sum(run in train for run in asked) / len(asked)
    assert shares.loc[4, "test, as it is (share of 1)"] == pytest.approx(expected)
    sound(app.segmented_control(key="explorer-splits-look").set_value("Download").run())
    assert "**validation.csv**, 1,000 rows" in words(app)


def test_doubles_can_be_kept_and_go_to_train_as_a_rule_of_the_data() -> None:
    app = opened("Cleaning")
    sound(app.checkbox(key="explorer-clean-doubles").check().run())
    losses = table(app, "added to each count, k")
    given = names_as_given()
    assert losses.iloc[0, 1] == pytest.approx(pair_surprise(given))
    assert losses.iloc[2, 2] == pytest.approx(pair_surprise(sorted(set(given)), 5.0))
    sizes = table(app, "before").set_index("all parts together")
    assert sizes.loc["items"].tolist() == [
        len(set(given)),
        len(given),
        sum(n - 1 for n in Counter(given).values()),
    ]
    sound(app.button(key="explorer-clean-train").click().run())
    assert app.title[0].value == "Train"
    sound(app.switch_page("pages/train.py").run())
    assert app.checkbox(key="train-c-names-1-doubles").value
    sound(app.selectbox(key="train-model").select("lstm").run())  # of whatever model
    sound(app.checkbox(key="train-c-names-1-lower").check().run())
    spec = RunSpec.from_address(app.query_params["spec"])
    assert (spec.model_name, spec.data) == ("lstm", CorpusSpec(doubles=True, lower=True))
    app.session_state["train-more"] = False  # folded up it is still so
    sound(app.selectbox(key="train-model").select("gru").run())
    spec = RunSpec.from_address(app.query_params["spec"])
    assert (spec.model_name, spec.data) == ("gru", CorpusSpec(doubles=True, lower=True))


def test_the_cleaned_list_can_be_kept_as_a_text_of_ones_own() -> None:
    app, given = opened("Cleaning"), names_as_given()
    sound(app.checkbox(key="explorer-clean-doubles").check().run())
    sound(app.button(key="explorer-clean-use").click().run())
    assert {metric.label: metric.value for metric in app.metric}["Items"] == f"{len(given):,}"
    sound(app.segmented_control(key="explorer-look").set_value("Splits").run())
    assert "Cleaned: doubles kept" in words(app)

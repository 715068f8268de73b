"""What the Dataset explorer counts of words is what a plain count of the same text gives."""

import math
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.corpora import load_corpus
from lm_core.corpora.own import own_corpus, save_own
from lm_core.tokenizers.word import split_words
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


@pytest.fixture
def small() -> str:
    """A text of one's own, by the name that an address has for it; and what it is made of."""
    draw = random.Random(0)
    vocabulary = [f"{a}{b}" for a in "klmnpr" for b in "aeiou"] + ["love", "peace"]
    lines = [" ".join(draw.choices(vocabulary, range(1, 33), k=9)) for _ in range(300)]
    return f"own-{save_own(own_corpus(chr(10).join(lines), title='mine', items=False))}"


def cut(text: str) -> dict[str, list[list[str]]]:
    splits = load_corpus(text).splits
    return {split: [split_words(one) for one in texts] for split, texts in splits.items()}


def opened(text: str, look: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["text"], app.query_params["explorer-look"] = text, look
    return sound(app.switch_page("pages/dataset_explorer.py").run())


def words(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def test_a_word_stands_in_its_contexts_by_what_comes_after(small: str) -> None:
    app = opened(small, "Search")
    sound(app.segmented_control(key="explorer-as").set_value("Words in context").run())
    times = Counter(word for texts in cut(small).values() for text in texts for word in text)[
        "love"
    ]
    assert f"stands {times:,} times" in words(app)
    lines = table(app, "before")
    assert len(lines) == times
    assert (lines["word"] == "love").all()
    after = [line.split()[:1] for line in lines["after"]]
    assert after == sorted(after)
    rates = table(app, "part of the data")
    assert rates["times"].sum() == times
    sound(app.text_input(key="explorer-search").set_value("no_such_word").run())
    assert "No word of this text" in app.caption[-1].value

    sound(app.segmented_control(key="explorer-as").set_value("Pattern").run())
    sound(app.text_input(key="explorer-search").set_value(r"(a+)+b\b").run())
    assert "Found: " in words(app)
    app.text_input(key="explorer-search").set_value("(").run()
    assert "not a pattern" in app.error[0].value


def test_pairs_that_go_together_have_the_information_of_their_counts(small: str) -> None:
    app = opened(small, "Phrases")
    sound(app.segmented_control(key="explorer-runs").set_value("Which go together").run())
    sound(app.number_input(key="explorer-least").set_value(4).run())
    train = cut(small)["train"]
    single = Counter(word for text in train for word in text)
    pairs = Counter(pair for text in train for pair in pairwise(text))
    shown = table(app, "PMI (bits)")
    assert len(shown) == min(1000, sum(times >= 4 for times in pairs.values()))
    top = shown.iloc[0]
    pair = (top["first"], top["second"])
    expected = math.log2(pairs[pair] * single.total() / single[pair[0]] / single[pair[1]])
    assert top["times"] == pairs[pair]
    assert top["PMI (bits)"] == pytest.approx(expected)
    sound(app.segmented_control(key="explorer-runs").set_value("Near a word").run())
    assert f"stands {single['peace']:,} times in train" in words(app)


@pytest.mark.slow
def test_a_president_has_words_of_his_own() -> None:
    app = opened("speeches", "Typical words")
    sound(app.selectbox(key="explorer-typical").set_value("Abraham Lincoln").run())
    labels = load_corpus("speeches").labels
    of = Counter(
        word
        for split, texts in cut("speeches").items()
        for label, text in zip(labels[split], texts, strict=True)
        if label.endswith("Abraham Lincoln")
        for word in text
    )
    here = table(app, "here (times)")
    assert here["here (times)"].tolist() == [of[word] for word in here["word"]]
    assert here["z"].is_monotonic_decreasing
    assert "insurgents" in set(here["word"])


def test_the_vocabulary_grows_and_says_what_the_word_tokenizer_drops(small: str) -> None:
    app = opened(small, "Vocabulary")
    train, held = (cut(small)[split] for split in ("train", "validation"))
    counts = Counter(word for text in train for word in text)
    grown = table(app, "different so far").iloc[-1]
    assert grown["different so far"] == len(counts)
    assert grown["words read"] == counts.total()
    kept = sum(n >= 2 for n in counts.values())
    assert f"keeps {kept:,} of {len(counts):,} different words" in words(app)
    rates = table(app, "vocabulary (tokens)").iloc[-1]
    asked = [word for text in held for word in text]
    unknown = 100 * sum(word not in counts for word in asked) / len(asked)
    assert rates["vocabulary (tokens)"] == len(counts)
    assert rates["% of validation unknown"] == pytest.approx(unknown, abs=0.01)


def test_letters_of_names_have_all_of_it_but_words() -> None:
    app = opened("names", "Typical words")
    assert app.segmented_control(key="explorer-typical-by").value == "first letter"
    sound(app.segmented_control(key="explorer-look").set_value("Search").run())
    assert app.segmented_control(key="explorer-as").options == ["Letters", "Pattern"]
    sound(app.segmented_control(key="explorer-as").set_value("Pattern").run())
    sound(app.text_input(key="explorer-search").set_value("^a.*a$").run())
    train = load_corpus("names").splits["train"]
    times = sum(len(name) > 1 and name[0] == name[-1] == "a" for name in train)
    assert f"{times:,} in train" in words(app)

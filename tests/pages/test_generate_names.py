"""Generate names: models side by side, names marked by list, one name scored letter by letter."""

import dataclasses
import math
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, save_checkpoint
from lm_core.corpora import Corpus, CorpusInfo
from lm_core.corpora.load import load_corpus
from lm_core.corpora.own import own_corpus, own_key
from lm_core.encoded import encode_documents
from lm_core.errors import BadText
from lm_core.runs.manager import RunManager
from lm_core.runs.store import RunStore
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.shared import models, own_texts, session
from pages._ui.shared.corpus_choice import GONE
from pages._ui.write import name_lists, naming, scoring
from pages._ui.write.name_lists import MOST_COLUMNS
from tests.marks import most_slow
from tests.pages.html import html
from tests.pages.screens import sound
from tests.runs.test_manager import Bench
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
EMPTY = {"validation": [], "test": []}
NAME = "<div style=.break-inside:avoid.>"  # what a name stands in
TOWNS = [
    f"{a}{b}" for a in ("ash", "oak", "elm", "yew", "fir") for b in ("ton", "ford", "by", "ey")
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened() -> AppTest:
    """The screen, reached by way of Home as app.py shows it."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    return sound(app.switch_page("pages/generate_names.py").run())


@pytest.fixture
def app() -> AppTest:
    return opened()


def test_a_fresh_server_may_be_met_here_first() -> None:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    sound(app.switch_page("pages/generate_names.py").run())
    assert app.title[0].value == "Generate names"
    assert html(app)


def set_value(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    return sound(getattr(app, kind)(key=f"generate_names-{name}").set_value(value).run())


def lists(app: AppTest) -> list[list[str]]:
    """The names of each column."""
    bodies = html(app)
    return [re.findall(NAME + r"([^< ]+)", body) for body in bodies if "break-inside" in body]


def shipped() -> list[models.Choice]:
    return [choice for choice in models.shipped() if choice.items]


def said(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


def test_it_opens_with_twenty_names_of_as_many_shipped_models_as_there_is_room_for(
    app: AppTest,
) -> None:
    columns = lists(app)
    assert len(columns) == MOST_COLUMNS < len(shipped())
    assert all(len(names) == 20 for names in columns)
    helps = [m.help for m in app.markdown if m.help]
    assert sum("Read 27,910 names of “US first names" in text for text in helps) == len(columns)
    for choice in shipped()[:MOST_COLUMNS]:
        nats = choice.card["metrics"]["validation"]["nats_per_token"]
        assert f"{nats:.2f} nats per character" in said(app)


def test_the_record_is_asked_once_for_own_texts(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, given = [], own_texts._given
    monkeypatch.setattr(own_texts, "_given", lambda: asked.append(1) or given())
    sound(app.run())
    assert len(asked) == 1


def test_ones_own_newest_is_among_those_that_are_shown_first() -> None:
    known = {choice.family: choice for choice in shipped()}
    mine = {n: dataclasses.replace(shipped()[0], folder=Path(f"/runs/{n}")) for n in ("new", "old")}
    first = [*known][: MOST_COLUMNS - 1]
    assert name_lists.first_shown(known | mine) == [*first, "new"]
    assert name_lists.first_shown(mine) == ["new", "old"]
    assert name_lists.first_shown(known) == [*known][:MOST_COLUMNS]


def test_names_are_marked_by_the_list_they_are_in(app: AppTest) -> None:
    splits = load_corpus("names").splits
    learned, held_out = set(splits["train"]), set(splits["validation"] + splits["test"])
    bodies = html(app)
    columns = [body for body in bodies if "break-inside" in body]
    totals = [body for body in bodies if "held out <small>" in body]
    for body, total in zip(columns, totals, strict=True):
        new = 0
        for line in re.findall(NAME + "(.*?)</div>", body):
            name = line.split(" ")[0]
            assert (">new<" in line) == (name not in learned | held_out)
            assert (">held out<" in line) == (name in held_out)
            new += ">new<" in line
        assert total.startswith(f"<b>{100 * new // 20} %</b> new")


def test_the_kinds_of_a_name() -> None:
    known = naming.Lists(frozenset({"emma"}), frozenset({"noah"}))
    html = naming.tagged(["emma", "noah", "zzz", "<b>"], known)
    lines = re.findall(NAME + "(.*?)</div>", html)
    assert lines[0] == "emma"
    assert ">held out<" in lines[1]
    assert ">new<" in lines[2]
    assert lines[3].startswith("&lt;b&gt;")
    assert "nothing can be marked" in naming.shares(["emma"], None)


def test_they_begin_as_asked_and_the_seed_decides(app: AppTest) -> None:
    set_value(app, "text_input", "begins", "Ma")
    first = lists(app)
    assert all(name.startswith("ma") for names in first for name in names)
    assert lists(set_value(app, "number_input", "seed", 8)) != first
    assert lists(set_value(app, "number_input", "seed", 7)) == first


def test_twenty_more_stand_above_the_twenty_before(app: AppTest) -> None:
    before = lists(app)
    sound(app.button(key="generate_names-more").click().run())
    after = lists(app)
    assert [len(names) for names in after] == [40] * len(before)
    assert [names[20:] for names in after] == before
    assert app.query_params["generate_names-batches"] == "2"
    assert [names[:20] for names in after] == lists(set_value(app, "number_input", "seed", 8))
    set_value(app, "slider", "temperature", 0.5)
    assert [len(names) for names in lists(app)] == [20] * len(before)


def test_a_link_shows_as_many_names_as_were_on_the_screen() -> None:
    for batches, columns in (("3", 60), ("0", 20), ("many", 20), ("25", 500)):
        app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
        app.query_params["generate_names-batches"] = batches
        sound(app.switch_page("pages/generate_names.py").run())
        assert [len(names) for names in lists(app)] == [columns] * MOST_COLUMNS


def test_at_temperature_zero_all_names_are_the_same(app: AppTest) -> None:
    set_value(app, "slider", "temperature", 0.0)
    assert all(len(set(names)) == 1 for names in lists(app))


def test_a_name_is_scored_letter_by_letter(app: AppTest) -> None:
    set_value(app, "text_input", "name", "Emma")
    (body,) = [body for body in html(app) if 'title="probability' in body]
    letters = re.findall(r'border-bottom:[^"]*">([^ <]+) <', body)
    assert letters == ["e", "m", "m", "a", "end"]
    assert re.search(
        r"\*\*[\d.]+ nats\*\* of surprise in all, one chance in .*real names", said(app)
    )
    for option in app.selectbox(key="generate_names-scorer").options:
        set_value(app, "selectbox", "scorer", option)


def test_the_unlikeliest_letter_leads_to_why(app: AppTest) -> None:
    set_value(app, "text_input", "name", "Emxa")
    (why,) = [one.proto for one in app.get("page_link") if one.proto.label.startswith("Why")]
    asked = parse_qs(why.query_string)
    assert (asked["reading-names"], asked["reading-token"]) == (["emxa"], ["3"])
    other = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, (value,) in asked.items():
        other.query_params[name] = value
    other.switch_page("pages/reading.py").run()
    assert not other.exception
    assert any("**Why this token?** “x”, token 3 of 5" in one.value for one in other.markdown)


@pytest.mark.parametrize(
    "choice",
    most_slow(shipped(), quick=[c for c in shipped() if c.family in ("ngram", "lstm", "mlp")]),
    ids=lambda c: c.family,
)
def test_the_score_is_the_models_own(choice: models.Choice) -> None:
    checkpoint = models.load(choice)
    scored = scoring.score(choice, "emma")
    ids = encode_documents(["emma"], checkpoint.tokenizer, items=True).ids
    logits, _ = checkpoint.model(ids[:-1].view(1, -1))
    expected = logits[0].detach().float().log_softmax(-1).gather(1, ids[1:, None]).squeeze(1)
    assert scored.nats == pytest.approx(-float(expected.sum()), abs=1e-3)
    assert scored.probabilities == pytest.approx(expected.exp().tolist(), abs=1e-5)
    assert scored.nats == pytest.approx(-sum(map(math.log, scored.probabilities)), abs=1e-3)


def test_rarer_than_compares_with_each_held_out_name() -> None:
    choice = next(c for c in shipped() if c.family == "ngram")
    names = load_corpus("names").splits["validation"]
    one_by_one = [scoring.score(choice, name).nats for name in names[:60]]
    together = scoring.held_out_nats(choice)
    assert together[:60] == pytest.approx(one_by_one, abs=1e-3)
    assert len(together) == scoring.score(choice, "emma").compared == 1000
    assert scoring.score(choice, "xqzxqz").rarer_than == 1.0


@pytest.mark.parametrize(
    ("nats", "said"),
    [
        (math.log(4), "one chance in 4"),
        (math.log(5e12), "one chance in 5 T"),
        (100 * math.log(10), "one chance in 10¹⁰⁰"),
        (1e4, "one chance in 10⁴³⁴³"),
        (math.inf, "which the model holds to be impossible"),
    ],
)
def test_odds_are_said_as_large_as_they_are(nats: float, said: str) -> None:
    assert scoring.in_all(nats).endswith(said)


def test_quality_by_the_card_counts_what_was_scored_or_is_withheld() -> None:
    def said(skipped: int, nats: float = 2.0, splits: tuple[str, ...] = ("validation",)) -> str:
        counts = {"tokens": 100, "characters": 200, "skipped_characters": skipped}
        card = {
            "metrics": {split: {"nats_per_token": nats} for split in splits},
            "counts": dict.fromkeys(splits, counts),
        }
        return scoring.quality(dataclasses.replace(shipped()[0], card=card))

    one = "1.00 nats per character (perplexity 2.72) on validation"
    assert said(0) == one
    assert said(0, splits=("validation", "test")) == f"{one}, 1.00 (2.72) on test"
    # 200 nats over the 198 that were scored
    assert said(2) == "1.01 nats per character (perplexity 2.75) on validation"
    assert said(20).startswith("not scored by character")
    assert said(0, math.inf) == "∞ nats per character (perplexity ∞) on validation"
    assert scoring.quality(dataclasses.replace(shipped()[0], card={})) == "never scored"


def test_names_that_cannot_be_read_whole_are_not_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choice = next(c for c in shipped() if c.family == "ngram")
    names = {"validation": ["emma", "\u00e9mma", "olivia"], "train": [], "test": []}
    corpus = Corpus(CorpusInfo("names", "", "", ""), names)
    monkeypatch.setattr(models, "corpus_of", lambda name: corpus)
    scoring._nats.clear()
    try:
        alone = [scoring.score(choice, name).nats for name in ("emma", "olivia")]
        assert scoring.held_out_nats(choice) == pytest.approx(alone, abs=1e-3)
    finally:
        scoring._nats.clear()


def test_letters_that_no_model_read_are_one_sentence_with_a_mend(app: AppTest) -> None:
    app.text_input(key="generate_names-name").set_value("ζοe").run()
    assert not app.exception
    assert [e.value for e in app.error] == ["“ζ”, “ο” are in no name that Transformer has read."]
    assert app.text_input(key="generate_names-name").value == "ζοe"  # nothing is lost
    sound(app.button(key="generate_names-name-mend").click().run())
    assert app.text_input(key="generate_names-name").value == "e"
    app.text_input(key="generate_names-begins").set_value("M7").run()
    assert not app.exception
    assert [e.value for e in app.error] == ["“7” is in no name that these models have read."]
    assert lists(app) == []
    sound(app.button(key="generate_names-begins-mend").click().run())
    assert app.text_input(key="generate_names-begins").value == "M"
    assert all(name.startswith("m") for names in lists(app) for name in names)


def test_without_a_name_one_of_the_list_is_scored(app: AppTest) -> None:
    held_out = load_corpus("names").splits["validation"]
    for typed in ("", "  "):
        set_value(app, "text_input", "name", typed)
        assert app.text_input(key="generate_names-name").placeholder == held_out[0]
        assert "A real name that was kept from it" in app.caption[-1].value


@given(st.text(max_size=20), st.text("aé\u0301Éeß7ẞ", max_size=20))
def test_what_is_left_out_is_out_or_everything_is(letters: str, typed: str) -> None:
    left = naming.without(typed, list(letters))
    assert left == "" or left != typed.strip()
    assert not set(left) & set(letters)


@pytest.mark.parametrize("choice", shipped(), ids=lambda choice: choice.folder.name)
def test_every_shipped_model_writes_twenty_names(choice: models.Choice) -> None:
    assert len(naming.twenty(choice, "", 0.9, 12345)) == 20


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunManager]:
    """A visitor's lab, in which no run goes on."""
    manager = RunManager(RunStore(), Bench(RunStore()))
    monkeypatch.setattr(session, "manager", lambda: manager)
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    yield manager
    manager.close()


def a_model(runs: RunManager, corpus: Corpus, title: str, family: str = "ngram") -> None:
    """A run of the visitor's that learned a list."""
    items = [item for split in corpus.splits.values() for item in split]
    tokenizer = CharTokenizer.train(items, form=corpus.info.form)
    settings = {"order": 3} if family == "ngram" else {}
    model = build_model(family, settings, tokenizer.vocab_size)
    encoded = encode_documents(corpus.splits["train"], tokenizer, items=True)
    model.fit(encoded.ids, encoded.starts)
    run = runs.store.create(OWNER, title, {})
    card = {"corpus": {"name": corpus.info.name, "title": corpus.info.title, "items": True}}
    save_checkpoint(runs.store.run_folder(run) / "checkpoint", model, tokenizer, card)


def of_list(name: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    app.query_params["text"] = name
    return sound(app.switch_page("pages/generate_names.py").run())


def headings(app: AppTest) -> list[str]:
    """What the models are called, from left to right."""
    lines = [m.value.splitlines()[0] for m in app.markdown if m.value.startswith("## ")]
    return [line.removeprefix("## ") for line in lines[:-1]]  # the last: how likely a name is


def test_a_list_of_ones_own_has_an_n_gram_at_once(mine: RunManager) -> None:
    towns = [town.upper() for town in TOWNS]
    corpus = own_corpus(towns, title="my towns", items=True)
    mine.give_text(corpus, OWNER, "Towns of *mine*")
    app = of_list(corpus.info.name)
    assert headings(app) == ["N-gram, order 4"]
    assert re.search(
        r"[\d.]+ nats per character \(perplexity [\d.]+\) on validation, counted just now",
        said(app),
    )
    assert "“Towns of \\*mine\\*”" in next(m.help for m in app.markdown if m.help)
    (names,) = lists(app)
    assert len(names) == 20
    assert set("".join(names)) <= set("".join(towns))
    assert app.text_input(key="generate_names-name").placeholder in corpus.splits["validation"]
    set_value(app, "text_input", "begins", "o")  # which it knows as a capital alone
    assert all(name.startswith("O") for name in lists(app)[0])
    set_value(app, "selectbox", "list", "names")
    assert headings(app) == ["Transformer", "LSTM", "N-gram, order 6", "GRU"]
    assert app.query_params["text"] == "names"
    assert of_list(f"own-{'0' * 64}").warning[0].value == GONE


def test_models_of_one_list_stand_beside_each_other(mine: RunManager) -> None:
    towns, again = (own_corpus(TOWNS, title=t, items=True) for t in ("my towns", "towns again"))
    assert towns.info.name == again.info.name  # whatever it is called
    mine.give_text(towns, OWNER)
    a_model(mine, towns, "first", "bigram")
    a_model(mine, again, "second", "bigram")
    other = own_corpus([f"x{town}" for town in TOWNS], title="others", items=True)
    mine.give_text(other, OWNER)
    a_model(mine, other, "third")
    app = of_list(towns.info.name)
    assert headings(app) == ["Yours: second", "Yours: first", "N-gram, order 4"]
    assert "never scored" in said(app)
    assert set("".join("".join(names) for names in lists(app))) <= set("".join(TOWNS))
    set_value(app, "text_input", "name", "oaken")
    set_value(app, "multiselect", "models", ["Yours: first"])
    assert "A name in none of its lists" in app.caption[-1].value
    assert "of real names" in said(app)
    set_value(app, "selectbox", "list", other.info.name)
    assert headings(app) == ["Yours: third"]  # which is an n-gram
    set_value(app, "multiselect", "models", [])
    assert "choose one" in app.info[0].value
    mine.delete_text(own_key(towns.info.name), OWNER)  # its models write as before
    app = of_list(towns.info.name)
    assert headings(app) == ["Yours: second", "Yours: first"]
    assert all(len(names) == 20 for names in lists(app))
    app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
    app.query_params["generate_names-models"] = ["Yours: first", "Transformer"]  # an older link
    app = sound(app.switch_page("pages/generate_names.py").run())
    assert headings(app) == ["Yours: first"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_is_the_same_however_it_is_typed(form: str, mine: RunManager) -> None:
    names = [unicodedata.normalize("NFD", f"é{town}") for town in TOWNS]  # of a Mac's folder, say
    corpus = own_corpus(names, title="accents", items=True)
    mine.give_text(corpus, OWNER)
    a_model(mine, corpus, "accents")
    app = of_list(corpus.info.name)
    set_value(app, "text_input", "begins", unicodedata.normalize(form, "é"))
    assert all(name.startswith("é") for name in lists(app)[-1])
    set_value(app, "text_input", "name", unicodedata.normalize(form, corpus.splits["train"][0]))
    assert "It has read this name" in app.caption[-1].value


def test_another_list_under_the_same_name_is_held_against() -> None:
    def kind(name: str, *learned: str) -> str:
        corpus = Corpus(CorpusInfo("names", "", "", ""), {"train": [*learned], **EMPTY})
        return naming._lists(corpus.fingerprint, corpus.splits).kind(name)

    assert kind("emma", "emma") == naming.LEARNED
    assert kind("emma", "noah") == naming.NEW


@pytest.mark.parametrize("corpus", ["own-" + "0" * 64, "makemore-names", "another-labs", ""])
def test_a_list_that_is_not_here_is_not_fetched_and_leaves_the_names_unmarked(
    corpus: str,
) -> None:
    assert naming.lists(corpus) is None
    choice = dataclasses.replace(shipped()[0], corpus=corpus)
    assert scoring.score(choice, "emma").rarer_than is None


def test_no_letter_at_all_cannot_be_scored() -> None:
    with pytest.raises(BadText):
        scoring.score(shipped()[0], "")

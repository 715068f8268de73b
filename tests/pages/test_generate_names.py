"""Generate names: models side by side, names marked by list, one name scored letter by letter."""

import dataclasses
import math
import re
import unicodedata
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, save_checkpoint
from lm_core.corpora.load import load_corpus
from lm_core.corpora.own import own_corpus, save_own
from lm_core.encoded import encode_documents
from lm_core.errors import BadText
from lm_core.runs.store import RunStore
from lm_core.tokenizers.char import CharTokenizer
from pages._ui import models, naming, scoring
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
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
    assert app.get("html")


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def set_value(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    return sound(getattr(app, kind)(key=f"generate_names-{name}").set_value(value).run())


def lists(app: AppTest) -> list[list[str]]:
    """The names of each column."""
    bodies = [element.proto.body for element in app.get("html")]
    return [re.findall(r"<div>([^< ]+)", body) for body in bodies if "<div>" in body]


def shipped() -> list[models.Choice]:
    return [choice for choice in models.shipped() if choice.items]


def said(app: AppTest) -> str:
    return " ".join(m.value for m in app.markdown)


def test_it_opens_with_twenty_names_of_every_shipped_model(app: AppTest) -> None:
    columns = lists(app)
    assert len(columns) == len(shipped()) >= 3
    assert all(len(names) == 20 for names in columns)
    helps = [m.help for m in app.markdown if m.help]
    assert sum("Read 27,910 names of “US first names" in text for text in helps) == len(columns)
    for choice in shipped():
        nats = choice.card["metrics"]["validation"]["nats_per_token"]
        assert f"{nats:.2f} nats per character" in said(app)


def test_names_are_marked_by_the_list_they_are_in(app: AppTest) -> None:
    splits = load_corpus("names").splits
    learned, held_out = set(splits["train"]), set(splits["validation"] + splits["test"])
    bodies = [e.proto.body for e in app.get("html")]
    columns = [body for body in bodies if "<div>" in body]
    totals = [body for body in bodies if "held out <small>" in body]
    for body, total in zip(columns, totals, strict=True):
        new = 0
        for line in re.findall(r"<div>(.*?)</div>", body):
            name = line.split(" ")[0]
            assert (">new<" in line) == (name not in learned | held_out)
            assert (">held out<" in line) == (name in held_out)
            new += ">new<" in line
        assert total.startswith(f"<b>{100 * new // 20} %</b> new")


def test_the_kinds_of_a_name() -> None:
    known = naming.Lists(frozenset({"emma"}), frozenset({"noah"}))
    html = naming.tagged(["emma", "noah", "zzz", "<b>"], known)
    lines = re.findall(r"<div>(.*?)</div>", html)
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
    for given, columns in (("3", 60), ("0", 20), ("many", 20), ("25", 500)):
        app = AppTest.from_file(APP, default_timeout=PATIENCE).run()
        app.query_params["generate_names-batches"] = given
        sound(app.switch_page("pages/generate_names.py").run())
        assert [len(names) for names in lists(app)] == [columns] * len(shipped())


def test_at_temperature_zero_all_names_are_the_same(app: AppTest) -> None:
    set_value(app, "slider", "temperature", 0.0)
    assert all(len(set(names)) == 1 for names in lists(app))


def test_a_name_is_scored_letter_by_letter(app: AppTest) -> None:
    set_value(app, "text_input", "name", "Emma")
    (body,) = [e.proto.body for e in app.get("html") if 'title="probability' in e.proto.body]
    letters = re.findall(r'border-bottom:[^"]*">([^ <]+) <', body)
    assert letters == ["e", "m", "m", "a", "end"]
    assert re.search(
        r"\*\*[\d.]+ nats\*\* of surprise in all, one chance in .*real names", said(app)
    )
    for option in app.selectbox(key="generate_names-scorer").options:
        set_value(app, "selectbox", "scorer", option)


@pytest.mark.parametrize("choice", shipped(), ids=lambda c: c.family)
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
    def said(skipped: int, nats: float = 2.0) -> str:
        counts = {"tokens": 100, "characters": 200, "skipped_characters": skipped}
        card = {
            "metrics": {"validation": {"nats_per_token": nats}},
            "counts": {"validation": counts},
        }
        return scoring.quality(dataclasses.replace(shipped()[0], card=card))

    assert said(0) == "1.00 nats per character"
    assert said(2) == "1.01 nats per character"  # 200 nats over the 198 that were scored
    assert said(20).startswith("not scored by character")
    assert said(0, math.inf) == "∞ nats per character"
    assert scoring.quality(dataclasses.replace(shipped()[0], card={})) == "never scored"


def test_names_that_cannot_be_read_whole_are_not_compared_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choice = next(c for c in shipped() if c.family == "ngram")
    names = {"validation": ["emma", "\u00e9mma", "olivia"], "train": [], "test": []}
    monkeypatch.setattr(scoring.naming, "splits", lambda corpus: names)
    scoring._nats.clear()
    try:
        alone = [scoring.score(choice, name).nats for name in ("emma", "olivia")]
        assert scoring.held_out_nats(choice) == pytest.approx(alone, abs=1e-3)
    finally:
        scoring._nats.clear()


def test_letters_the_models_never_saw_are_one_sentence_each_and_nothing_is_lost(
    app: AppTest,
) -> None:
    app.text_input(key="generate_names-name").set_value("ζωή").run()
    assert not app.exception
    assert len(app.error) == 1
    assert "never saw" in app.error[0].value
    assert app.text_input(key="generate_names-name").value == "ζωή"
    set_value(app, "text_input", "name", "zoe")
    app.text_input(key="generate_names-begins").set_value("7").run()
    assert not app.exception
    assert len(app.error) == len(shipped())
    set_value(app, "text_input", "begins", "")


def test_an_empty_name_is_one_sentence(app: AppTest) -> None:
    app.text_input(key="generate_names-name").set_value("  ").run()
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("choice", shipped(), ids=lambda choice: choice.folder.name)
def test_every_shipped_model_writes_twenty_names(choice: models.Choice) -> None:
    assert len(naming.twenty(choice, "", 0.9, 12345)) == 20


def test_the_visitors_own_list_has_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    from pages._ui import session

    corpus = own_corpus(TOWNS, title="my towns", items=True)
    save_own(corpus)
    tokenizer = CharTokenizer.train(TOWNS)
    model = build_model("ngram", {"order": 3}, tokenizer.vocab_size)
    encoded = encode_documents(corpus.splits["train"], tokenizer, items=True)
    model.fit(encoded.ids, encoded.starts)
    session._manager.clear()  # the store of this test's home
    store = RunStore()
    run = store.create(OWNER, "my towns", {})
    card = {"corpus": {"name": corpus.info.name, "title": "my towns", "items": True}}
    save_checkpoint(store.run_folder(run) / "checkpoint", model, tokenizer, card)
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    app = opened()
    assert len(lists(app)) == len(shipped()) + 1
    assert "never scored" in said(app)
    assert set("".join(lists(app)[-1])) <= set("".join(TOWNS))
    set_value(app, "text_input", "name", "oaken")
    set_value(app, "multiselect", "models", ["Yours: my towns"])
    assert "A name in none of its lists" in app.caption[-1].value
    assert "of real names" in said(app)
    set_value(app, "multiselect", "models", [])
    assert "choose one" in app.info[0].value


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_is_the_same_however_it_is_typed(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pages._ui import session

    names = [unicodedata.normalize("NFD", f"é{town}") for town in TOWNS]  # of a Mac's folder, say
    corpus = own_corpus(names, title="accents", items=True)
    save_own(corpus)
    tokenizer = CharTokenizer.train([f"é{town}" for town in TOWNS], form=corpus.info.form)
    model = build_model("ngram", {"order": 3}, tokenizer.vocab_size)
    encoded = encode_documents(corpus.splits["train"], tokenizer, items=True)
    model.fit(encoded.ids, encoded.starts)
    session._manager.clear()
    store = RunStore()
    run = store.create(OWNER, "accents", {})
    card = {"corpus": {"name": corpus.info.name, "title": "accents", "items": True}}
    save_checkpoint(store.run_folder(run) / "checkpoint", model, tokenizer, card)
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    app = opened()
    set_value(app, "text_input", "name", "oaken")
    set_value(app, "multiselect", "models", ["Yours: accents"])
    set_value(app, "text_input", "begins", unicodedata.normalize(form, "é"))
    assert all(name.startswith("é") for name in lists(app)[-1])
    set_value(app, "text_input", "name", unicodedata.normalize(form, corpus.splits["train"][0]))
    assert "It has read this name" in app.caption[-1].value


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

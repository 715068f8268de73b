"""Scores by length on Translate: real translations, portion by portion, that can be stopped."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import load_checkpoint
from lm_core.evaluation.translation import by_length, even_edges
from lm_core.generation.translating import translate
from lm_core.runs.store import RunStore
from pages._ui.shared import models, session
from pages._ui.translate import lengths, rungs
from tests.pages.screens import sound
from tests.translators import saved_translator
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"
OWNER = "a-visitor-for-tests"
PAIRS = [
    ("one", "un"),
    ("twenty-one", "vingt et un"),
    ("nine hundred and four", "neuf cent quatre"),
    ("ninety-one thousand and eighty", "quatre-vingt-onze mille quatre-vingts"),
    ("two hundred thousand, nine hundred and ten", "deux cent mille neuf cent dix"),
    ("six thousand and seventy-two", "six mille soixante-treize"),  # which is 73
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six pairs, two at a time, in two stretches of lengths."""
    monkeypatch.setattr(lengths, "sample", lambda choice, tell: PAIRS)
    monkeypatch.setattr(lengths, "PORTION", 2)
    monkeypatch.setattr(lengths, "STRETCHES", 2)


def label(name: str) -> str:
    return next(c.label for c in rungs.choices() if c.folder.name == f"translate-{name}")


def opened(*names: str) -> AppTest:
    """With these models chosen side by side."""
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["translate-text"] = "one"  # what is written meanwhile is soon at its end
    app.switch_page("pages/translate.py").run()
    if names:
        picked = app.multiselect(key="translate-models")
        picked.set_value([label(name) for name in names]).run()
    return sound(app)


def press(app: AppTest, name: str) -> AppTest:
    return sound(app.button(key=f"translate-lengths-{name}").click().run())


def kept(app: AppTest) -> lengths.Scoring:
    return app.session_state[lengths.KEPT]


def to_the_end(app: AppTest) -> AppTest:
    while kept(app).going:
        sound(app.run())
    return sound(app.run())


def drawn(app: AppTest) -> list[str]:
    charts = [json.loads(c.proto.spec)["layout"] for c in app.get("plotly_chart")]
    return [layout["title"]["text"] for layout in charts if "title" in layout]


def table(app: AppTest):
    return next(f.value for f in app.dataframe if "sentences" in f.value)


def written(name: str) -> list[str]:
    """What a model that ships makes of the sources, asked by itself."""
    saved = load_checkpoint(models.SHIPPED / f"translate-{name}")
    ids = [saved.codec.source.encode(source).tolist() for source, _ in PAIRS]
    b = saved.codec.target.boundary_id
    found = translate(saved.model, ids, boundary_id=b, max_tokens=40)
    return [saved.codec.target.decode(one.ids) for one in found]


def test_models_are_scored_side_by_side_on_the_same_pairs(few: None) -> None:
    app = opened("bahdanau", "no-positions")
    assert not [f for f in app.dataframe if "sentences" in f.value]
    press(app, "start")
    assert kept(app).going
    assert drawn(to_the_end(app)).count("Exact match by sentence length") == 1
    assert app.button(key="translate-lengths-start").label == "Score again"
    sources, right = zip(*PAIRS, strict=True)
    words = [len(source.split()) for source in sources]
    assert table(app)["sentences"].tolist() == [5, 1]
    for name in ("bahdanau", "no-positions"):
        rows = by_length(written(name), right, even_edges(words, 2), lengths=words)
        column = table(app)[f"{label(name)} (share right to the letter)"]
        assert column.tolist() == [row.exact_match for row in rows]
    assert table(app)[f"{label('bahdanau')} (share right to the letter)"].tolist() == [4 / 5, 1]
    app.button_group(key="translate-lengths-score").set_value("chrf").run()
    assert "ChrF by sentence length" in drawn(sound(app))
    assert 80 < table(app)[f"{label('bahdanau')} (chrF (0 to 100))"].min() < 100
    app.button_group(key="translate-lengths-score").set_value("bleu").run()
    assert table(app)[f"{label('bahdanau')} (BLEU (0 to 100))"].max() == 100


def test_it_stops_where_all_models_have_come_and_other_models_are_another_question(
    few: None,
) -> None:
    app = press(opened("none", "luong"), "start")
    while kept(app).done < 2:
        sound(app.run())
    press(app, "stop")
    done = kept(app).done
    assert 2 <= done < len(PAIRS)
    assert table(to_the_end(app))["sentences"].sum() == done == kept(app).done
    assert any(f"{done} validation pairs of 6, stopped" in c.value for c in app.caption)
    app.multiselect(key="translate-models").set_value([label("none")]).run()
    assert not [f for f in sound(app).dataframe if "sentences" in f.value]
    assert app.button(key="translate-lengths-start").label == "Score 1 model by length"


def test_the_pairs_are_of_the_validation_split_of_what_it_learned() -> None:
    choice = next(c for c in rungs.choices() if c.folder.name == "translate-none")
    from lm_core.corpora import load_corpus

    pairs = lengths.sample(choice, lambda so_far, total: None)
    assert len(pairs) == lengths.MOST
    assert set(pairs) == set(load_corpus("numbers-en-fr").splits["validation"])


def own_model(monkeypatch: pytest.MonkeyPatch, corpus: str, **card: object) -> AppTest:
    """The page with a translator of the visitor's own on it."""
    monkeypatch.setenv("LM_LAB_DATA", "")
    session._manager.clear()
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    store = RunStore()
    run = store.create(OWNER, "mine", {})
    told = {"corpus": {"name": corpus, "title": "Mine"}, **card}
    saved_translator(store.run_folder(run) / "checkpoint", card=told)
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["translate-model"] = "Yours: mine"
    app.query_params["translate-text"] = "one two"
    app.switch_page("pages/translate.py").run()
    return sound(app)


def test_pairs_that_are_not_here_can_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    app = own_model(monkeypatch, "multi30k-en-fr")
    assert "Download" in [button.label for button in app.button]
    assert not [b for b in app.button if b.key == "translate-lengths-start"]


def test_a_model_that_does_not_say_what_it_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    app = own_model(monkeypatch, "own-x")
    app.button(key="translate-lengths-start").click().run()
    assert not app.exception
    assert [e.value for e in app.error] == [
        "Nothing says which pairs this model learned from: choose another."
    ]


def test_what_fails_half_way_is_a_sentence_and_no_loop(
    few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lm_core.errors import BadCheckpoint

    app = press(opened("none"), "start")

    def broken(*_: object) -> None:
        raise BadCheckpoint("It is gone: train it again.")

    monkeypatch.setattr(lengths, "translated", broken)
    app.run()
    app.run()
    assert not app.exception
    assert "It is gone: train it again." in [e.value for e in app.error]
    assert not kept(app).going

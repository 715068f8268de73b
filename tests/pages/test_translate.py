"""Translate: a target grows token by token with its looks, and bad input loses nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import load_checkpoint
from lm_core.evaluation.translation import sentence_bleu
from lm_core.generation.translating import translate
from lm_core.runs.store import RunStore
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.shared import models, session
from pages._ui.shared.plain import plain
from pages._ui.translate import beside, drafts, rungs
from tests.marks import most_slow
from tests.pages.html import html
from tests.pages.screens import first_table, sound, table
from tests.translators import SOURCES, TARGETS, saved_translator
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
OWNER = "a-visitor-for-tests"
SENTENCE = rungs.SENTENCES[0]
RIGHT = beside.RIGHT[SENTENCE]
SHORT = "nine hundred"  # is soon written, where any sentence will do


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"translate-{name}"] = value
    app.switch_page("pages/translate.py").run()
    assert not app.exception
    return app


def draft(app: AppTest) -> drafts.Draft:
    return app.session_state["translate-draft"]


def to_the_end(app: AppTest) -> AppTest:
    """A page writes a token at each tick; here each run is one."""
    for _ in range(drafts.MOST_WRITTEN):
        if draft(app).left == 0:
            break
        sound(app.run())
    return app


def press(app: AppTest, name: str) -> AppTest:
    return sound(app.button(key=f"translate-{name}").click().run())


def label(name: str) -> str:
    return next(c.label for c in rungs.choices() if c.folder.name == f"translate-{name}")


def test_it_opens_on_a_sentence_that_is_being_translated_with_its_looks() -> None:
    app = sound(opened())
    first = len(draft(app).ids)
    assert first <= 2
    assert draft(app).left > 0  # it goes on by itself
    looks = table(app, "looked at")
    source = draft(app).read
    assert len(looks) == (first + 1) * len(source)
    sums = looks.groupby("written", sort=False)["attention (share of 1)"].sum()
    assert sums.to_numpy() == pytest.approx(1, abs=1e-4)
    sound(app.run())
    assert len(draft(app).ids) == first + 1
    assert len(table(app, "looked at")) == (first + 2) * len(source)
    app = to_the_end(app)
    assert draft(app).ended
    assert draft(app).text == RIGHT
    assert "■ ended" in "".join(html(app))


def test_step_back_start_over_and_write_on() -> None:
    right = beside.answer(rungs.choices()[0], SHORT).text
    app = press(opened(text=SHORT), "stop")
    written = len(draft(app).ids)
    press(app, "step")
    assert len(draft(app).ids) == written + 1
    before = draft(app).session.logits
    press(app, "step")
    press(app, "back")
    assert len(draft(app).ids) == written + 1
    assert np.allclose(draft(app).session.logits, before, atol=1e-5)
    press(app, "again")
    assert draft(app).text == ""
    assert draft(app).left == 0
    press(app, "write")
    assert draft(to_the_end(app)).text == right
    press(app, "back")  # not ended any more, and nothing lost
    assert not draft(app).ended
    assert draft(app).text == right


def test_another_token_than_the_likeliest_is_taken_and_it_goes_on_from_there() -> None:
    right = beside.answer(rungs.choices()[0], SHORT).text
    app = press(press(opened(text=SHORT), "stop"), "again")
    expected = draft(app).expected()
    app.button_group(key="translate-take-0").set_value(1).run()
    sound(app)
    assert draft(app).ids == [expected[1][0]]
    assert draft(app).chosen == {0}
    assert "underline" in "".join(html(app))
    press(app, "write")
    assert to_the_end(app)
    assert draft(app).ids[0] == expected[1][0]
    assert draft(app).text != right


def test_the_bars_are_the_probabilities_of_the_next_token() -> None:
    app = press(opened(), "stop")
    shares = draft(app).session.logits.softmax(-1)
    bars = first_table(app, "probability (share of 1)")
    top = shares.topk(drafts.PLACES)
    assert bars["probability (share of 1)"].to_numpy() == pytest.approx(
        top.values.numpy(), abs=1e-6
    )


def test_the_looks_of_a_single_head_can_be_drawn() -> None:
    app = to_the_end(sound(opened(model=label("transformer"), text=SHORT)))
    box = app.selectbox(key="translate-head")
    assert box.value == box.options[0] == "Layer 2, mean of its heads"
    assert len(box.options) == 2 * (1 + 4)
    crosses = draft(app).session.crosses
    for shown, expected in (
        (box.value, draft(app).session.alignments),
        ("Layer 1, head 3", crosses[:, 0, 2]),
        ("Layer 1, mean of its heads", crosses[:, 0].mean(1)),
    ):
        sound(app.selectbox(key="translate-head").select(shown).run())
        drawn = table(app, "looked at")["attention (share of 1)"].to_numpy()
        assert drawn == pytest.approx(expected.numpy().ravel(), abs=1e-6)
    other = sound(opened(model=label("transformer"), head="Layer 2, head 1"))  # as a link brings it
    assert other.selectbox(key="translate-head").value == "Layer 2, head 1"
    one_look = sound(opened(model=label("luong"), head="Layer 2, head 1"))
    assert not [box for box in one_look.selectbox if box.key == "translate-head"]


def test_a_model_without_attention_says_so_and_draws_nothing() -> None:
    app = sound(opened(model=label("none"), text=SHORT))
    assert any("has no attention" in info.value for info in app.info)
    assert not [frame for frame in app.dataframe if "looked at" in frame.value]
    assert draft(to_the_end(app)).looks() is None


@pytest.mark.parametrize("name", ["none", "bahdanau", "luong", "transformer"])
def test_every_rung_that_ships_writes_the_number_and_is_as_good_as_its_card_says(name: str) -> None:
    choice = next(c for c in rungs.choices() if c.folder.name == f"translate-{name}")
    assert beside.answer(choice, SENTENCE).text == RIGHT
    assert rungs.exact(choice) >= 0.95


def test_the_search_is_drawn_with_all_that_competed() -> None:
    app = sound(opened(width="4", penalty="0.5"))
    tree = table(app, "became")
    assert tree["step"].max() >= 9
    best = tree[tree["part of the best"]]
    assert best["became"].tolist() == ["goes on"] * (len(best) - 1) + ["ended"]
    assert " ".join(best["token"][:-1]) == RIGHT
    checkpoint = load_checkpoint(rungs.choices()[0].folder)
    (found,) = translate(
        checkpoint.model,
        [drafts.ids_of(checkpoint, SENTENCE)],
        boundary_id=checkpoint.codec.target.boundary_id,
        max_tokens=drafts.MOST_WRITTEN,
        beam=4,
        length_penalty=0.5,
    )
    shown = next(body for body in html(app) if body.startswith("<ol"))
    assert checkpoint.codec.target.decode(found.ids) in shown
    sound(app.slider(key="translate-width").set_value(1).run())
    assert len(table(app, "became")) == 2 * table(app, "became")["step"].max()


def test_models_stand_side_by_side_with_time_parameters_and_scores() -> None:
    app = sound(opened())
    rows = table(app, "writes")
    assert len(rows) == len(rungs.choices())
    assert set(rows["right to the letter"][:4]) <= {"yes", "no"}
    assert rows["parameters"].min() > 100_000
    best = rows[rows["model"] == label("bahdanau")].iloc[0]
    assert best["BLEU (0 to 100)"] == 100
    assert any(plain("nrefs:1") in caption.value for caption in app.caption)
    wrong = "deux cent soixante et onze mille neuf cent quatre-vingt-dix"
    sound(app.text_input(key="translate-reference").set_value(wrong).run())
    best = table(app, "writes").set_index("model").loc[label("bahdanau")]
    assert best["BLEU (0 to 100)"] == pytest.approx(sentence_bleu(RIGHT, wrong).score, abs=0.05)
    assert best["right to the letter"] == "no"
    sound(app.multiselect(key="translate-models").set_value([]).run())
    assert any("Choose one or more models" in info.value for info in app.info)


def test_a_reference_too_short_for_bleu_says_so_and_has_the_others() -> None:
    app = sound(opened(text="nine hundred", reference="neuf cents"))
    assert any("BLEU counts runs of four words" in info.value for info in app.info)
    rows = table(app, "writes")
    assert "BLEU (0 to 100)" not in rows
    assert rows["chrF (0 to 100)"].max() == 100


def test_without_the_mask_a_trained_model_finds_the_right_tokens_less_likely() -> None:
    app = sound(opened())
    shares = table(app, "With the mask (share of 1)")
    with_mask, without = shares.iloc[:, 1], shares.iloc[:, 2]
    assert with_mask.mean() > 0.9
    assert without.mean() < with_mask.mean()
    said = " ".join(markdown.value for markdown in app.markdown)
    assert f"with the mask “{plain(RIGHT)}”, without “" in said
    assert "no wiser" in said
    for part, column in (("attention", "4 to 5 words"), ("positions", "its words backward")):
        sound(app.button_group(key="translate-without").set_value(part).run())
        assert len(table(app, column)) >= 2


def test_without_positions_the_order_of_the_words_says_nothing() -> None:
    choice = next(c for c in rungs.choices() if c.folder.name == "translate-no-positions")
    backward = " ".join(reversed(SENTENCE.split()))
    assert beside.answer(choice, SENTENCE).text == beside.answer(choice, backward).text
    other = next(c for c in rungs.choices() if c.folder.name == "translate-transformer")
    assert beside.answer(other, SENTENCE).text != beside.answer(other, backward).text


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("one thousand " * 10_000, "transformer", "give it one sentence at a time"),
        ("<script>alert(1)</script>", "bahdanau", "never learned"),
        *most_slow(
            [
                ("   ", "bahdanau", "Type a sentence to translate."),
                ("nine zebras and ten", "luong", "1 word of 4 it never learned"),
                ("", "bahdanau", "Type a sentence to translate."),
                ("one thousand " * 10_000, "bahdanau", "give it one sentence at a time"),
                ("guten Morgen meine Damen", "transformer", "never learned any of these 4 words"),
                ("日本語 ☀ \u202e", "transformer", "never learned"),
            ],
            quick=[],
        ),
    ],
)
def test_bad_input_is_a_sentence_or_a_sensible_result(text: str, name: str, said: str) -> None:
    app = opened(model=label(name))
    app.text_input(key="translate-text").set_value(text).run()
    assert not app.exception
    told = [element.value for element in (*app.error, *app.info)]
    assert any(said in sentence for sentence in told), told
    assert "<script>" not in "".join(html(app))
    assert app.text_input(key="translate-text").value == text[:5000]
    app.text_input(key="translate-text").set_value("nine hundred").run()
    assert draft(to_the_end(sound(app))).ended


@pytest.fixture
def no_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing ships."""
    (tmp_path / "none").mkdir()
    monkeypatch.setattr(models, "SHIPPED", tmp_path / "none")
    models.shipped.clear()
    yield
    models.shipped.clear()


def own_model(title: str, **options) -> None:
    """A translator in the store, as a finished run of pairs leaves it."""
    store = RunStore()
    run = store.create(OWNER, title, {})
    card = {"corpus": {"name": "own-x", "title": title}}
    saved_translator(store.run_folder(run) / "checkpoint", card=card, **options)


def by_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    session._manager.clear()  # the store of this test's home
    monkeypatch.setattr(session, "visitor", lambda: OWNER)


def test_a_model_of_ones_own_is_offered_and_its_words_are_no_markup(
    monkeypatch: pytest.MonkeyPatch, no_models: None
) -> None:
    own_model("my *pairs*", family="encoder-decoder")
    by_owner(monkeypatch)
    app = sound(opened(text=SOURCES[0], reference=TARGETS[0]))
    assert app.selectbox(key="translate-model").options == ["Yours: my *pairs*"]
    assert draft(to_the_end(app)).over
    assert any("my \\*pairs\\*" in markdown.value for markdown in app.markdown)
    assert any("No model without positions" in i.value for i in without(app, "positions").info)


def without(app: AppTest, part: str) -> AppTest:
    return sound(app.button_group(key="translate-without").set_value(part).run())


def test_letters_that_a_model_never_saw_are_left_out_and_said(
    monkeypatch: pytest.MonkeyPatch, no_models: None
) -> None:
    own_model("letters", reader=CharTokenizer.train(["abc"]))
    by_owner(monkeypatch)
    app = sound(opened(text="abd"))
    assert any("1 character it never learned" in info.value for info in app.info)
    app.text_input(key="translate-text").set_value("ddd").run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        "There is nothing here that it can read: type a few words."
    ]


def test_a_lab_without_translators_says_what_to_do(no_models: None) -> None:
    app = opened()
    assert "train one" in app.info[0].value

"""Read with the model's eyes: every figure is the library's, under every kind of model and text."""

import json
import math
import shutil
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.charts import token_measures
from lm_core.charts.words import nats, percent
from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.load import load_corpus
from lm_core.encoded import encode_documents
from lm_core.evaluation import Score, evaluate
from pages._ui.reading import asked
from pages._ui.shared import models
from tests.pages.html import html
from tests.pages.screens import sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
SPEECHES = {
    family: f"{title}, State of the Union addresses"
    for family, title in (("transformer", "Transformer"), ("lstm", "LSTM"), ("ngram", "N-gram"))
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"reading-{name.replace('_', '-')}"] = value
    return sound(app.switch_page("pages/reading.py").run())


def shown(app: AppTest) -> list[dict]:
    """What the texts on the screen were drawn from."""
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


def figures(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def said(app: AppTest) -> str:
    return "\n".join(e.value for e in [*app.markdown, *app.caption, *app.info])


def scored(folder: str, *documents: str, items: bool = False) -> Score:
    saved = load_checkpoint(ROOT / "checkpoints" / folder)
    text = encode_documents(documents, saved.tokenizer, items=items, skip_unknown=True)
    return evaluate(saved.model, text)


@pytest.mark.parametrize("family", SPEECHES)
def test_the_figures_are_those_of_evaluate_on_the_same_text(family: str) -> None:
    app = opened(model=SPEECHES[family])
    score = scored(f"speeches-{family}", asked.TEXTS[False])
    assert figures(app) == {
        "Nats per token": f"{score.nats_per_token:.3f}",
        "Perplexity": f"{score.perplexity:.3f}",
        "Bits per character": f"{score.bits_per_character:.3f}",
        "Bits per byte": f"{score.bits_per_byte:.3f}",
    }
    (text,) = shown(app)
    assert "".join([text["prompt"], *(t[5] + t[0] for t in text["tokens"])]) == asked.TEXTS[False]
    assert len(text["tokens"]) == score.tokens
    along = table(app, "nats per token")["nats per token"]
    assert math.fsum(along) == pytest.approx(score.nats, rel=1e-5)
    hardest = table(app, "in the text")  # which token nobody has picked yet
    (row,) = hardest[hardest["in the text"]].to_dict("records")
    assert row["probability (share of 1)"] == pytest.approx(math.exp(-along.max()), rel=1e-4)
    assert text["picked"] == along.idxmax()


def test_a_token_of_the_address_is_shown_with_its_ten_likeliest() -> None:
    text = "The state of the Union is strong."
    app = opened(model=SPEECHES["ngram"], token="5", text=text)
    saved = load_checkpoint(ROOT / "checkpoints/speeches-ngram")
    ids = torch.from_numpy(saved.tokenizer.encode(text))
    p, true = saved.model(ids[None, :5])[0][0, -1].softmax(-1), ids[5]  # the first is not guessed
    assert shown(app)[0]["picked"] == 4
    guesses = table(app, "in the text")
    best = p.topk(10).values.tolist()
    assert guesses["probability (share of 1)"][:10].tolist() == pytest.approx(best, rel=1e-4)
    (row,) = guesses[guesses["in the text"]].to_dict("records")
    assert row["rank"] == int((p > p[true]).sum()) + 1
    assert f"Token 5 of {len(ids) - 1}" in said(app)
    assert percent(float(p[true])) in said(app)


def test_each_colour_has_its_own_number_and_legend() -> None:
    for colour, number in {
        "Probability": "probability ",
        "Rank": "guess number ",
        "Entropy": "entropy ",
    }.items():
        app = opened(colour=colour, text="God bless America.")
        (text,) = shown(app)
        assert all(said.startswith(number) for _, said, *_ in text["tokens"])
        assert any(measure(colour) in body for body in html(app))


def measure(colour: str) -> str:
    return getattr(token_measures, colour.upper()).legend


def test_two_that_cut_alike_differ_token_by_token_and_in_all() -> None:
    app = opened(model=SPEECHES["transformer"], beside=SPEECHES["ngram"], colour="Difference")
    (text,) = shown(app)
    one, other = (
        scored(f"speeches-{family}", asked.TEXTS[False]) for family in ("transformer", "ngram")
    )
    assert f"**{nats(one.nats)} nats** for Transformer" in said(app)
    assert f"**{nats(other.nats)} nats** for N-gram" in said(app)
    assert nats(abs(one.nats - other.nats)) in said(app)
    along = table(app, "nats per token")
    a, b = (
        along[along["model"] == SPEECHES[f]]["nats per token"] for f in ("transformer", "ngram")
    )
    for (_, said_there, *_), x, y in zip(text["tokens"], a, b, strict=True):
        assert said_there == f"second minus first {nats(y - x)} nats"
    gap = b.iloc[text["picked"]] - a.iloc[text["picked"]]
    assert f"the second model pays {nats(abs(gap))} nats {'more' if gap > 0 else 'less'}" in said(
        app
    )
    first, second = shown(
        opened(model=SPEECHES["transformer"], beside=SPEECHES["ngram"], token="9")
    )
    assert first["picked"] == second["picked"] == 8


def test_two_that_cut_otherwise_are_compared_over_stretches() -> None:
    app = opened(
        model=SPEECHES["transformer"],
        beside="Transformer, Tiny Shakespeare",
        text="My fellow Americans, the state.",
        beside_token="12",
    )
    words, letters = shown(app)
    assert letters["picked"] == 11
    text = "".join(t[0] for t in words["tokens"][: words["picked"]])
    assert len(text) <= 11 < len(text) + len(words["tokens"][words["picked"]][0])
    assert "does not compare" in said(app)
    assert "stretches that both were asked about" in said(app)


def test_names_are_items_and_their_ends_count() -> None:
    app = opened(model="LSTM, US first names, 2017")
    names = asked.TEXTS[True].split("\n")
    score = scored("names-lstm", *names, items=True)
    assert figures(app)["Nats per token"] == f"{score.nats_per_token:.3f}"
    assert [t[0] for t in shown(app)[0]["tokens"][:9]] == [*"marietta", "⏎"]


def test_what_cannot_be_read_is_said_and_no_bits_are_given_for_it() -> None:
    app = opened(model="LSTM, US first names, 2017", names="Zoë 👋\nemma")
    assert figures(app)["Bits per byte"] == "withheld"
    assert "do not tell 4 characters of 11" in said(app)
    assert "“👋”" in said(app)
    assert [t[5] for t in shown(app)[0]["tokens"]][:3] == ["Z", "ë 👋", ""]
    bare = opened(model="LSTM, US first names, 2017")
    bare.text_area(key="reading-names").set_value("123").run()
    assert "can read nothing of this text" in bare.error[0].value


@pytest.mark.parametrize(
    "text",
    [
        "<b>x</b> **y** $5 `z`",
        "שלום \u202eevil\u202c",
        "e\u0301 👩\u200d👧 \u200b",
        "\r\n\x00 a",
    ],
)
def test_text_is_text(text: str) -> None:
    app = opened()
    sound(app.text_area(key="reading-text").set_value(text).run())
    (drawn,) = shown(app)
    seen = drawn["prompt"] + "".join(t[5] + t[0] for t in drawn["tokens"])
    assert "\u202e" not in seen
    assert "\u200b" not in seen
    assert "<b>" not in "".join(html(app))


def test_a_long_text_is_cut_and_not_kept_in_the_address() -> None:
    app = opened(model=SPEECHES["ngram"])
    sound(app.text_area(key="reading-text").set_value("God bless America. " * 400).run())
    assert "The first 5,000 of its 7,600 characters are read" in said(app)
    assert "reading-text" not in app.query_params
    read = shown(app)[0]
    assert len(read["prompt"] + "".join(t[5] + t[0] for t in read["tokens"])) == asked.MOST
    sound(app.text_area(key="reading-text").set_value("God bless him.").run())
    assert app.query_params["reading-text"] == "God bless him."
    sound(app.text_area(key="reading-text").set_value("").run())
    assert "Give a text" in said(app)


def test_one_token_alone_is_not_enough() -> None:
    app = opened(model=SPEECHES["ngram"])
    app.text_area(key="reading-text").set_value("a").run()
    assert "give more text" in app.error[0].value


def test_a_picked_token_is_left_when_the_text_changes() -> None:
    app = opened(model=SPEECHES["ngram"], token="3")
    assert shown(app)[0]["picked"] == 2
    sound(app.text_area(key="reading-text").set_value("May God bless America and all").run())
    assert "reading-token" not in app.query_params


def test_a_damaged_model_is_named_and_the_other_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ships = tmp_path / "ships"
    for folder in ("speeches-ngram", "speeches-lstm"):
        shutil.copytree(ROOT / "checkpoints" / folder, ships / folder)
    (ships / "speeches-lstm" / "model.safetensors").write_bytes(b"no weights")
    monkeypatch.setattr(models, "SHIPPED", ships)
    models.shipped.clear()
    try:
        app = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE)
        app.query_params["reading-model"] = SPEECHES["lstm"]
        app.query_params["reading-beside"] = SPEECHES["ngram"]
        app.switch_page("pages/reading.py").run()
    finally:
        models.shipped.clear()
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith("LSTM, State of the Union addresses: ")
    score = scored("speeches-ngram", asked.TEXTS[False])
    assert figures(app)["Nats per token"] == f"{score.nats_per_token:.3f}"


def test_how_unevenly_surprise_is_spread_is_told_of_this_text() -> None:
    app = opened()
    (told,) = [m.value for m in app.markdown if "spread evenly" in m.value]
    assert "carry half of it" in told
    assert "% were its first guess" in told


def test_a_model_of_one_text_is_scored_on_another() -> None:
    """What it cannot read is said, and is no good mark."""
    app = opened(model="N-gram, US first names, 2017", whole="true")
    saved = load_checkpoint(ROOT / "checkpoints/names-ngram")
    rows = table(app, "characters not read (share of 1)")
    assert list(rows["learned from the rest of it"]) == [True, False]
    for row, name in zip(rows.to_dict("records"), ("names", "speeches"), strict=True):
        corpus = load_corpus(name)
        test = corpus.splits["test"]
        text = encode_documents(test, saved.tokenizer, items=corpus.items, skip_unknown=True)
        score = evaluate(saved.model, text, max_tokens=10_000)
        assert row["nats per token"] == pytest.approx(score.nats_per_token)
        unread = text.skipped_characters / text.characters
        assert row["characters not read (share of 1)"] == pytest.approx(unread)
        bits = math.nan if score.bits_per_character is None else score.bits_per_character
        assert row["bits per character"] == pytest.approx(bits, nan_ok=True)
    (note,) = [info.value for info in app.info if "without" in info.value]
    assert f"{percent(unread)} of its characters" in note
    assert "no bits per character" in note

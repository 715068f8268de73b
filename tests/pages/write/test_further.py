"""What Generate text offers beyond writing: the prompt scored, all controls, branches, samples,
beams, what is new, and why a token of any family was likely."""

import json
import math
from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.charts.words import nats, percent
from lm_core.encoded import encode_documents
from lm_core.evaluation import evaluate
from lm_core.generation import SamplerSettings, write_text
from lm_core.generation.beam import beam_search
from lm_core.inspection.gates import record_gates
from lm_core.inspection.remembered import remembered
from lm_core.inspection.slots import slots
from lm_core.runs.store import RunStore
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.shared import models, session
from pages._ui.write import writing
from tests.pages.html import html
from tests.pages.screens import sound, table
from tests.tiny import lively_model
from tests.waiting import PATIENCE

APP = Path(__file__).parents[3] / "app.py"
OWNER = "a-visitor-for-tests"
TEXT = "The sun rose, and the sea was calm. The men rose too; the men said that it would rise. " * 6
PROMPT = "The sea"
FURTHER = {"branches": "By hand, and branches", "samples": "Several samples"}
FURTHER |= {"beams": "Beam search", "new": "What is new"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(models, "SHIPPED", tmp_path)
    monkeypatch.setattr(session, "visitor", lambda: OWNER)
    session._manager.clear()  # the store of this test's home
    models.shipped.clear()
    yield
    models.shipped.clear()


def opened(family: str = "lstm", *, look: str = "", **address: str) -> AppTest:
    """A small model of a text that is kept, as a finished run leaves it, on the screen."""
    from lm_core.checkpoints import save_checkpoint
    from lm_core.corpora.own import own_corpus, save_own

    corpus = own_corpus(TEXT, title="calm", items=False)
    save_own(corpus)
    tokenizer = CharTokenizer.train([TEXT])
    model = lively_model(family, tokenizer.vocab_size)
    card = {
        "corpus": {"name": corpus.info.name, "title": "calm", "items": False},
        "counts": {"train": {"characters": corpus.characters("train")}},
        "spec": {"tokenizer": {"name": "char"}},
    }
    store = RunStore()
    run = store.create(OWNER, "calm", {})
    save_checkpoint(store.run_folder(run) / "checkpoint", model, tokenizer, card)
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["generate_text-prompt"] = PROMPT
    if look:
        app.query_params["generate_text-look"] = FURTHER[look]
    for name, value in address.items():
        app.query_params[f"generate_text-{name}"] = value
    return sound(app.switch_page("pages/generate_text.py").run())


def draft(app: AppTest) -> writing.Draft:
    return app.session_state["generate_text-draft"]


def press(app: AppTest, name: str) -> AppTest:
    return sound(app.button(key=f"generate_text-{name}").click().run())


def test_the_prompt_is_scored_as_evaluate_scores_it() -> None:
    app = opened()
    saved = draft(app).checkpoint
    score = evaluate(saved.model, encode_documents([PROMPT], saved.tokenizer, items=False))
    shown = {one.label: one.value for one in app.metric}
    assert shown["Nats per token"] == f"{score.nats_per_token:.3f}"
    assert shown["Bits per character"] == f"{score.bits_per_character:.3f}"
    ids = torch.from_numpy(saved.tokenizer.encode(PROMPT))
    p = saved.model(ids[None, :-1])[0][0].softmax(-1)[range(len(ids) - 1), ids[1:]].tolist()
    assert all(f'title="probability {percent(one)}"' in html(app)[0] for one in p)
    sound(app.text_input(key="generate_text-prompt").set_value("").run())
    assert any("began by itself" in caption.value for caption in app.caption)
    sound(app.text_input(key="generate_text-prompt").set_value("T").run())
    assert any("give more text" in caption.value for caption in app.caption)


def test_every_control_of_the_command_line_is_in_the_draw() -> None:
    asked = {"min_p": 0.05, "typical": 0.9, "repetition_penalty": 1.3, "no_repeat": 3, "top_k": 9}
    address = {name: str(value) for name, value in asked.items()}
    app = opened(**address, stop_at="e", length="30")
    sampler = SamplerSettings(temperature=0.8, **asked)
    saved, one = draft(app).checkpoint, draft(app)
    (whole,) = write_text(saved.model, saved.tokenizer, PROMPT, max_tokens=30, sampler=sampler)
    end = whole.find("e", len(PROMPT))
    assert one.text == (whole if end < 0 else whole[: end + 1])
    assert one.samplers == [sampler] * len(one.pieces)
    picked = app.query_params["generate_text-token"] = "1"
    sound(app.run())
    said = next(m.value for m in app.markdown if "Why this token" in m.value)
    assert "min-p 0.05, typical 0.9, repetition penalty 1.3, no repeat of 3 tokens" in said
    assert picked == "1"


def test_back_by_hand_and_branches_that_are_returned_to() -> None:
    app = opened(look="branches", length="12")
    first = draft(app).writer.written[:]
    press(app, "back")
    assert draft(app).writer.written == first[:-1]
    hand = app.button_group(key="generate_text-hand")
    likeliest = int(draft(app).writer.logits.argmax())
    sound(hand.set_value(likeliest).run())
    mine = draft(app).writer.written[:]
    assert mine == [*first[:-1], likeliest]
    assert draft(app).samplers[-1] is None
    app.query_params["generate_text-token"] = "5"
    sound(app.run())
    press(app, "branch")
    kept = [one.ids for one in draft(app).branches]
    assert kept[0] == mine
    assert len(kept) == 3
    assert all(ids[:4] == mine[:4] for ids in kept)
    assert len({tuple(ids) for ids in kept}) == 3
    tree = next(body for body in html(app) if "nats per token" in body)
    for branch in draft(app).branches:
        surprise = -sum(map(math.log, branch.probabilities)) / len(branch.ids)
        assert f"{nats(surprise)} nats per token" in tree
    press(app, "return-1")
    assert draft(app).writer.written == kept[1]
    assert [one.ids for one in draft(app).branches] == kept
    press(app, "step")  # it grows from the branch, which is part of it from then on
    grown = draft(app).writer.written[:]
    press(app, "return-0")
    assert [one.ids for one in draft(app).branches] == [kept[0], kept[2], grown]
    press(app, "forget")
    assert draft(app).branches == []
    (text,) = (json.loads(element.proto.json) for element in app.get("bidi_component"))
    assert len(text["tokens"]) == len(mine)


def test_samples_have_a_seed_each_and_one_is_gone_on_with() -> None:
    app = opened(look="samples", length="20")
    cards = [body for body in html(app) if PROMPT in body]
    assert len(set(cards)) == 3
    press(app, "seed-2")
    assert app.number_input(key="generate_text-seed").value == 2
    other = draft(app)
    (text,) = write_text(
        other.checkpoint.model,
        other.checkpoint.tokenizer,
        PROMPT,
        max_tokens=20,
        sampler=SamplerSettings(temperature=0.8),
        seed=2,
    )
    assert other.text == text


def test_beams_are_those_of_the_library_and_the_tree_shows_them() -> None:
    app = opened(look="beams", width="2", beam_length="4")
    saved = draft(app).checkpoint
    ids = saved.tokenizer.encode(PROMPT).tolist()
    best = beam_search(saved.model, ids, width=2, max_tokens=4)[0]
    listed = next(body for body in html(app) if "<ol" in body)
    assert f"score {best.score(1.0):.3g}" in listed
    steps = table(app, "became")
    said = [saved.tokenizer.token_text(id) for id in best.ids]
    assert list(steps[steps["part of the best"]]["token"]) == said
    assert math.exp(steps[steps["part of the best"]]["ln p of all so far (nats)"].iloc[-1]) == (
        pytest.approx(math.exp(-best.nats), rel=1e-4)
    )


def test_the_longest_copied_span_stands_in_the_training_text() -> None:
    app = opened("ngram", look="new")
    said = next(m.value for m in app.markdown if "Longest copied span" in m.value)
    text = "".join(draft(app).pieces)
    longest = max(
        length
        for at in range(len(text))
        for length in range(len(text) - at + 1)
        if text[at : at + length] in TEXT
    )
    assert f"{longest} token" in said
    shares = table(app, "length of the run (tokens)")
    runs = [text[i : i + 3] for i in range(len(text) - 2)]
    assert shares.iloc[2, 1] == pytest.approx(sum(run in TEXT for run in runs) / len(runs))


def test_a_token_of_an_mlp_is_told_by_the_places_of_its_window() -> None:
    app = opened("mlp", token="6")
    one = draft(app)
    found = slots(one.checkpoint.model, one.writer.seen_at(5), one.writer.written[5])
    shown = table(app, "added to ln p (nats)")["added to ln p (nats)"]
    assert list(shown) == pytest.approx(list(found.adds)[::-1], abs=1e-5)


@pytest.mark.parametrize("family", ["gru", "rnn"])
def test_a_token_of_a_recurrent_model_is_told_by_its_memory(family: str) -> None:
    app = opened(family, token="6")
    one = draft(app)
    seen = one.writer.seen_at(5)
    gradient = table(app, "share of the gradient (share of 1)")
    assert gradient.iloc[:, 2].sum() == pytest.approx(1)
    assert len(gradient) == len(seen)
    if family == "rnn":
        assert any("has no gates" in markdown.value for markdown in app.markdown)
        return
    shares = remembered(record_gates(one.checkpoint.model, torch.tensor(seen))).shares
    shown = table(app, "share of the memory (share of 1)").iloc[:, 2]
    assert list(shown) == pytest.approx(shares.flip(0).tolist(), abs=1e-5)

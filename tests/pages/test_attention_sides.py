"""The Attention screen of models that read both sides, or turn one text into another: their views
with the weights of the model, what it writes by itself, sentences where input is bad."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import Checkpoint, load_checkpoint, read_meta, save_checkpoint
from lm_core.inspection import views_of_pair, views_of_text
from lm_core.inspection.views import CROSS, NOTHING, OTHER, OWN
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.worker import execute
from lm_core.training import Budget
from pages._ui.inside.sides import translated
from pages._ui.shared import models, session
from pages._ui.shared.choice import choice_of
from tests.marks import most_slow
from tests.pages.screens import sound
from tests.tiny import stir, tiny_settings
from tests.waiting import PATIENCE

APP = str(Path(__file__).parents[2] / "app.py")
LABEL = "Yours: Mine"
PAIRS = "numbers-in-words"
SHARE = "attention (share of 1)"
SOURCE = "two hundred and six"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that puts an untrained, stirred model of a family among one's own."""

    def make(family: str, corpus: str = PAIRS, *, task: str | None = None, **of: Any) -> Checkpoint:
        spec = default_spec(CorpusSpec(name=corpus), family, task=task, budget=Budget(steps=1))
        size = {"n_layer": 2, "block_size": 64, "attention": "luong"}
        known = {
            k: v for k, v in (tiny_settings(family) | size | of).items() if k in vars(spec.model)
        }
        if family != "rnn-translator":
            known.pop("attention", None)
        ready = prepare(replace(spec, model=replace(spec.model, **known)))
        folder = tmp_path / "mine" / "checkpoint"
        save_checkpoint(folder, stir(ready.model, noise=0.1), ready.codec, ready.card())
        choice = choice_of(folder, read_meta(folder), LABEL)
        monkeypatch.setattr(models, "own", lambda: [choice])
        return load_checkpoint(folder)

    return make


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.query_params["attention-model"] = LABEL
    for name, value in address.items():
        app.query_params[f"attention-{name}"] = value
    app.switch_page("pages/attention.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in (*app.markdown, *app.caption, *app.info))


def drawn(app: AppTest) -> list:
    """What is in the picture of all heads, and in the large one."""
    return [frame.value for frame in app.dataframe if SHARE in frame.value]


def sides(app: AppTest) -> list[str]:
    return [o for group in app.button_group if group.key == "attention-view" for o in group.options]


def look(app: AppTest, side: str) -> AppTest:
    (group,) = [group for group in app.button_group if group.key == "attention-view"]
    return sound(group.set_value(side).run())


def of_pair(checkpoint: Checkpoint, source: str, target: str | None = None) -> dict:
    codec = checkpoint.codec
    if target is None:
        written = list(translated(checkpoint, source).ids)
    else:
        written = codec.target.encode(target).tolist()
    ids = torch.from_numpy(codec.source.encode(source).astype(np.int64))
    views = views_of_pair(checkpoint.model, ids, torch.tensor(written, dtype=torch.int64), codec)
    return {view.name: view for view in views}


def same(app: AppTest, view: Any) -> None:
    """The picture of all heads holds the weights of the view, where a row may look."""
    weights = view.weights[:, :, view.seen].numpy()
    np.testing.assert_allclose(drawn(app)[0][SHARE], weights.ravel(), atol=1e-5)


def test_an_encoder_is_seen_looking_to_both_sides(made: Any) -> None:
    checkpoint = made("encoder", "names")
    app = sound(opened(name="anna"))
    assert not sides(app)
    ids = [checkpoint.tokenizer.boundary_id, *checkpoint.tokenizer.encode("anna").tolist()]
    ids.append(ids[0])  # as it has read names
    (view,) = views_of_text(checkpoint.model, torch.tensor(ids), checkpoint.tokenizer)
    same(app, view)
    assert app.selectbox(key="attention-row").options == ["⏎₁", "a₁", "n₁", "n₂", "a₂", "⏎₂"]
    assert "It looks to both sides" in said(app)
    assert "the token just after" in said(app)
    sound(app.selectbox(key="attention-row").set_value(1).run())
    assert len(app.selectbox(key="attention-column").options) == 6
    sound(app.selectbox(key="attention-column").set_value(4).run())
    weight = float(view.weights[view_at(app)][1, 4])
    assert app.latex[1].value.strip("$ \n").endswith(f"= {weight:.3f}")
    heads = next(f.value for f in app.dataframe if "to the one after" in f.value)
    assert len(heads) == 4


def view_at(app: AppTest) -> tuple[int, int]:
    keys = ("attention-layer", "attention-head")
    return tuple(app.selectbox(key=key).value for key in keys)


def test_an_encoder_decoder_on_one_text_has_three_sides(made: Any) -> None:
    checkpoint = made("encoder-decoder", "names", source=3)
    app = sound(opened(name="anna"))
    ids = [checkpoint.tokenizer.boundary_id, *checkpoint.tokenizer.encode("anna").tolist()]
    views = views_of_text(checkpoint.model, torch.tensor(ids), checkpoint.tokenizer)
    by_name = {view.name: view for view in views}
    assert [name.split(":")[0] for name in sides(app)] == ["Own side", "Other side", "Cross"]
    same(app, by_name[OWN])
    assert "looks back to where it begins" in said(app)
    sound(app.selectbox(key="attention-row").set_value(4).run())
    sound(app.selectbox(key="attention-column").set_value(0).run())
    assert "may not look there" in said(app)
    look(app, OTHER)
    same(app, by_name[OTHER])
    assert app.selectbox(key="attention-row").options == ["⏎", "a", "n"]
    look(app, CROSS)
    same(app, by_name[CROSS])
    assert app.selectbox(key="attention-column").options == [NOTHING, "⏎", "a", "n"]
    assert "is a learned vector" in said(app)
    sound(app.text_input(key="attention-name").set_value("an").run())  # no longer than 3 tokens
    assert not sides(app)
    assert "too short for" in said(app)


def test_a_translator_shows_what_it_writes_across_first(made: Any) -> None:
    checkpoint = made("encoder-decoder")
    app = sound(opened(source=SOURCE))
    written = translated(checkpoint, SOURCE)
    assert app.text_input(key="attention-target").placeholder == written.text
    views = of_pair(checkpoint, SOURCE)
    names = [name.split(":")[0] for name in sides(app)]
    assert names == ["Own side", "Other side", "Cross"]
    assert "English" in sides(app)[1]
    same(app, views[CROSS])
    assert app.selectbox(key="attention-column").options == [
        NOTHING,
        "two",
        "hundred",
        "and",
        "six",
    ]
    assert app.selectbox(key="attention-row").options[-1].startswith("⏎")
    assert "What becomes **" in said(app)
    row, column = (
        app.selectbox(key="attention-row").value,
        app.selectbox(key="attention-column").value,
    )
    assert column > 0, "the strongest look at a token"
    weight = float(views[CROSS].weights[view_at(app)][row, column])
    assert app.latex[1].value.strip("$ \n").endswith(f"= {weight:.3f}")
    linked = sound(opened(source=SOURCE, view=sides(app)[1]))
    same(linked, views[OTHER])
    for name in (OWN, OTHER):
        look(app, name)
        same(app, views[name])
        assert app.latex


def test_a_target_of_ones_own_takes_the_place_of_what_it_writes(made: Any) -> None:
    checkpoint = made("encoder-decoder")
    app = sound(opened(source=SOURCE, target="206"))
    same(app, of_pair(checkpoint, SOURCE, "206")[CROSS])
    assert app.selectbox(key="attention-row").options == ["2", "0", "6", "⏎"]
    look(app, OWN)
    assert app.selectbox(key="attention-row").options == ["⏎", "2", "0", "6"]
    sound(app.text_input(key="attention-target").set_value("").run())
    same(app, of_pair(checkpoint, SOURCE)[OWN])


@pytest.mark.parametrize("kind", most_slow(["luong", "bahdanau"], quick=["luong"]))
def test_a_recurrent_translator_looks_across_alone_and_its_arithmetic_is_left_out(
    made: Any, kind: str
) -> None:
    checkpoint = made("rnn-translator", attention=kind)
    app = sound(opened(source=SOURCE, target="206"))
    assert not sides(app)
    same(app, of_pair(checkpoint, SOURCE, "206")[CROSS])
    assert "its arithmetic is left out" in said(app)
    assert not app.latex
    assert "one head" in said(app)
    labels = [expander.label for expander in app.expander]
    assert "The code: attention written out" not in labels
    assert "The code: the whole model in one file" in labels


def test_who_does_not_look_is_not_offered(made: Any) -> None:
    made("encoder", "names-by-sex")  # a class, not a token
    assert LABEL not in models.labels(models.with_attention())
    made("rnn-translator", attention="none")
    assert LABEL not in models.labels(models.with_attention())
    assert LABEL not in opened().selectbox(key="attention-model").options


def test_a_translator_opens_on_a_source_that_it_did_not_learn(made: Any) -> None:
    made("encoder-decoder")
    app = sound(opened())
    source = app.text_input(key="attention-source").value
    assert 4 <= len(source.split()) <= 12
    assert app.get("bidi_component")


@pytest.mark.parametrize(
    "family", most_slow(["encoder-decoder", "rnn-translator"], quick=["encoder-decoder"])
)
def test_bad_sources_are_sentences_and_stay(made: Any, family: str) -> None:
    made(family)
    app = opened(source=" ")
    assert "Type a word" in said(sound(app))
    sound(app.text_input(key="attention-source").set_value("two Kängurus and six").run())
    assert "it reads as unknown" in said(app)
    sound(app.text_input(key="attention-source").set_value("two thousand " * 300).run())
    assert "tokens of a source are read here" in said(app)
    sound(app.text_input(key="attention-source").set_value(SOURCE).run())
    sound(app.text_input(key="attention-target").set_value("206" * 200).run())
    assert "tokens of a target are looked at" in said(app)
    app.text_input(key="attention-target").set_value("zwei").run()
    assert not app.exception
    (error,) = app.error
    assert "never saw" in error.value
    assert app.text_input(key="attention-target").value == "zwei"
    assert not app.get("bidi_component")


def test_characters_no_source_had_are_one_sentence(made: Any) -> None:
    made("encoder-decoder", "dates-in-words")
    app = opened(source="Ж 1999")
    (error,) = app.error
    assert "never saw" in error.value


def test_models_that_ship_are_told_apart_by_their_settings() -> None:
    shown = models.labels(models.with_attention())
    assert len(set(shown)) == len(shown)
    kinds = [label for label in shown if label.startswith("Recurrent translator")]
    assert {label.rpartition("attention ")[2] for label in kinds} == {"bahdanau", "luong"}


def test_a_side_that_another_model_has_not_is_forgotten(made: Any) -> None:
    made("encoder-decoder")
    app = look(sound(opened(source=SOURCE)), OTHER)
    others = app.selectbox(key="attention-model").options
    sound(app.selectbox(key="attention-model").set_value(others[0]).run())
    assert not sides(app)
    sound(app.selectbox(key="attention-model").set_value(LABEL).run())


@pytest.mark.parametrize(
    ("family", "corpus", "writes"),
    most_slow(
        [
            ("encoder", "names", False),
            ("encoder-decoder", PAIRS, False),
            ("transformer", "names", True),
        ],
        quick=[("encoder-decoder", PAIRS, False), ("transformer", "names", True)],
    ),
)
def test_a_run_leads_to_its_attention(family: str, corpus: str, writes: bool) -> None:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    app.switch_page("pages/train.py").run()
    trained(app, small_spec(corpus, family))
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    assert ("Let it write →" in links) == writes
    label = parse_qs(links["See its attention →"].query_string)["attention-model"][0]
    app.query_params.clear()
    app.query_params["attention-model"] = label
    sound(app.switch_page("pages/attention.py").run())
    assert app.selectbox(key="attention-model").value == label
    assert label.startswith("Yours: Mine")
    assert app.get("bidi_component")
    read = links.get("Read a text with its eyes →" if writes else "Let it fill gaps →")
    assert (read is None) == (corpus == PAIRS)
    if read:
        app.query_params.clear()
        app.query_params["reading-model"] = parse_qs(read.query_string)["reading-model"][0]
        sound(app.switch_page("pages/reading.py").run())
        assert app.selectbox(key="reading-model").value.startswith("Yours: Mine")
        assert app.metric
        assert any("Fill the gap" in m.value for m in app.markdown) == (not writes)


def small_spec(corpus: str, family: str) -> RunSpec:
    usual = default_spec(CorpusSpec(name=corpus), family, budget=Budget(steps=2))
    train = replace(usual.train, eval_every=2, batch_size=4, eval_tokens=100)
    size = {"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 32}
    return replace(usual, train=train, model=replace(usual.model, **size))


def trained(app: AppTest, spec: RunSpec) -> None:
    """A run of this visitor, worked on by this process, and its page."""
    runs, owner = session._manager(), app.session_state["visitor"]
    run = runs.store.create(owner, "Mine", spec.to_dict(), server=runs._presence.id)
    runs._turns.begin(run, owner, 1, 0).state = "busy"  # as if a worker had it
    ended = execute(str(runs.store.folder), run, runs.store.hand_over(run))
    runs._turns.end(run)
    assert ended == "finished", runs.store.get(run).message
    app.query_params["run"] = run
    sound(app.run())

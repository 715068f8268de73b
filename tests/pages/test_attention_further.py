"""What else there is to see on the Attention screen: each number is the library's, and nothing is
computed before its part is opened."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import build_model, load_checkpoint, read_meta, save_checkpoint
from lm_core.corpora import load_corpus
from lm_core.encoded import encode_documents, glimpse
from lm_core.evaluation.score import token_nats
from lm_core.generation import SamplerSettings
from lm_core.generation.engine import write_text
from lm_core.inspection import attention_maps, text_ids, views_of_text
from lm_core.inspection.ablation import without
from lm_core.inspection.contributions import contributions
from lm_core.inspection.parts import parts_of
from lm_core.inspection.rollout import rollout
from lm_core.runs import snapshots
from lm_core.training.events import Snapshot
from pages._ui.inside import further, sample, switching
from pages._ui.shared import models, session
from pages._ui.shared.choice import choice_of
from tests.pages import stored
from tests.pages.screens import first_table, sound
from tests.tiny import alphabet, lively_model
from tests.waiting import PATIENCE

APP = str(Path(__file__).parents[2] / "app.py")
NAME = "anastasia"
SHARE = "attention (share of 1)"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def of_names() -> models.Choice:
    return next(c for c in models.shipped() if c.folder.name == "names-transformer")


def saved():
    return load_checkpoint(of_names().folder)


def opened(part: str | None = None, **address: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=PATIENCE)
    address = {"model": of_names().label, "name": NAME} | address
    if part is not None:
        address["further"] = part
    for name, value in address.items():
        app.query_params[f"attention-{name}"] = value
    app.switch_page("pages/attention.py").run()
    return sound(app)


def captions(app: AppTest) -> str:
    return "\n".join(caption.value for caption in app.caption)


def sampled() -> torch.Tensor:
    """Surprise of the shipped model at each token of the sample."""
    names, one = load_corpus("names"), saved()
    whole = encode_documents(
        names.splits["validation"], one.tokenizer, items=True, skip_unknown=True
    )
    return glimpse(whole, sample.TOKENS)


def test_nothing_is_open_at_first() -> None:
    app = opened()
    assert app.segmented_control(key="attention-further").value is None
    assert "Take heads away" in captions(app)
    assert not app.multiselect
    assert not app.metric


def test_the_loss_the_guess_and_the_text_with_and_without() -> None:
    part = "layer 2 MLP"
    app = opened("Switch off", off=part)
    assert app.multiselect(key="attention-off").value == [part]
    one, encoded = saved(), sampled()
    twin = without(one.model, [p for p in parts_of(one.model) if p.called == part])
    before, after = (token_nats(m, encoded).double() for m in (one.model, twin))
    shown = [metric.value for metric in app.metric]
    assert shown[:2] == [f"{before.mean():.2f} nats", f"{after.mean():.2f} nats"]
    assert shown[2] == f"{after.mean() - before.mean():+.3f}"
    assert f"{encoded.predictions:,} tokens, items evenly spread" in captions(app)
    bars = first_table(app, "Without them (share of 1)")
    ids = text_ids(one.tokenizer, NAME, items=True).view(1, -1)
    with torch.no_grad():
        likely = twin(ids)[0][0, -1].softmax(-1)
    first = one.tokenizer.token_text(int(likely.argmax()))
    row = bars[bars["token"] == first]
    assert float(row["Without them (share of 1)"].iloc[0]) == pytest.approx(float(likely.max()))
    texts = [text.value for text in app.text]
    usual = {"max_tokens": 24, "samples": 6, "items": True, "seed": 0}
    for model, text in zip((one.model, twin), texts, strict=True):
        sampler = SamplerSettings(temperature=0.8)
        assert text == ", ".join(write_text(model, one.tokenizer, sampler=sampler, **usual))
    assert any("Attention is not explanation" in m.value for m in app.markdown)
    sound(app.multiselect(key="attention-off").set_value([]).run())
    assert not app.metric


def test_each_part_alone_is_measured_once_and_kept() -> None:
    app = opened("Switch off")
    assert len(app.multiselect(key="attention-off").value) == 1  # the head that is shown large
    sound(app.button(key="attention-effects-go").click().run())
    found = first_table(app, "loss grows by (nats)")
    one, encoded = saved(), sampled()
    assert set(found["without"]) == {part.called for part in parts_of(one.model)}
    assert found["loss grows by (nats)"].is_monotonic_decreasing
    worst, before = found.iloc[0], token_nats(one.model, encoded).double()
    (part,) = (p for p in parts_of(one.model) if p.called == worst["without"])
    after = token_nats(without(one.model, [part]), encoded).double()
    change = float((after - before).mean())
    assert worst["loss grows by (nats)"] == pytest.approx(change, abs=1e-4)
    assert any(f"({change:+.3f} nats" in m.value for m in app.markdown) or part.head is None
    sound(app.run())
    assert len(first_table(app, "loss grows by (nats)")) == len(found)
    assert "attention-effects-go" not in [button.key for button in app.button]


def test_the_bars_of_what_moved_a_guess_sum_to_the_logit() -> None:
    app = opened("What moved the guess")
    one = saved()
    ids = text_ids(one.tokenizer, NAME, items=True)
    found = contributions(one.model, ids)
    token = int(found.logits.argmax())
    parts = first_table(app, "adds to the logit")
    np.testing.assert_allclose(parts["adds to the logit"], found.to(token), atol=1e-6)
    assert parts["adds to the logit"].sum() == pytest.approx(float(found.logits[token]), abs=1e-4)
    heads = parts[parts["part"].str.contains("head")]
    best = heads.loc[heads["adds to the logit"].idxmax(), "part"]
    sound(app.button(key="attention-moved-off").click().run())
    assert app.segmented_control(key="attention-further").value == "Switch off"
    assert app.multiselect(key="attention-off").value == [best]


def test_rollout_entropy_and_names_of_heads() -> None:
    app = opened("Averages and types", mean="Rollout")
    one = saved()
    ids = text_ids(one.tokenizer, NAME, items=True)
    (view,) = views_of_text(one.model, ids, one.tokenizer)
    rolled = rollout(view.weights)[-1].numpy()
    shown = [f.value for f in app.dataframe if list(f.value)[-1:] == [SHARE]]
    found = next(f for f in shown if len(f.columns) == 3 and _is(f, rolled))
    assert len(found) == len(ids) * (len(ids) + 1) // 2
    assert {"looks mostly at", "of an even look"} <= set(first_table(app, "of an even look"))
    assert "Diffuse: its entropy is at least 90 %" in captions(app)


def _is(frame, weights: np.ndarray) -> bool:
    triangle = weights[np.tril_indices(len(weights))]
    return len(frame) == len(triangle) and np.allclose(frame[SHARE], triangle, atol=1e-5)


def test_masks_positions_and_lines() -> None:
    app = opened("Masks", picture="Lines between words")
    tokens = len(text_ids(saved().tokenizer, NAME, items=True))
    assert "no weight of the 10 tokens changes by more than" in captions(app)
    drawn = [f.value for f in app.dataframe if list(f.value) == ["looking", "looked at", SHARE]]
    (lines,) = (one for one in drawn if one[SHARE].min() >= 0.04)
    assert len(set(lines["looking"])) == tokens
    sound(app.selectbox(key="attention-lines-of").set_value(2).run())
    sound(app.segmented_control(key="attention-further").set_value("Positions").run())
    turned = first_table(app, "first number")
    assert np.hypot(*turned.iloc[0, 1:]) == pytest.approx(np.hypot(*turned.iloc[1, 1:]), abs=1e-5)
    for way in ("sinusoidal", "alibi", "rotary"):
        sound(app.segmented_control(key="attention-way").set_value(way).run())


def test_the_model_writes_on_and_looks_at_what_it_wrote() -> None:
    app = opened(name="ann")
    sound(app.button(key="attention-on").click().run())
    one = saved()
    (written,) = write_text(
        one.model,
        one.tokenizer,
        "ann",
        max_tokens=12,
        sampler=SamplerSettings(temperature=0.8),
        seed=3,
        items=True,
    )
    assert app.text_input(key="attention-name").value == written
    assert len(app.selectbox(key="attention-row").options) == len(written) + 1


@pytest.mark.parametrize("folder", ["translate-transformer", "translate-luong"])
def test_translators(folder: str) -> None:
    label = next(
        name
        for one, name in zip(models.with_attention(), _labels(), strict=True)
        if one.folder.name == folder
    )
    app = opened("Switch off", model=label, source="two hundred and six")
    if folder == "translate-luong":
        assert "no heads or MLPs" in app.info[0].value
        for part in set(further.ROOMS) - {"Switch off", "Earlier steps"}:
            sound(app.segmented_control(key="attention-further").set_value(part).run())
        return
    assert "validation pairs of Numbers" in captions(app)
    assert "deux cent six" in [text.value for text in app.text]
    for part in ("What moved the guess", "Masks"):
        sound(app.segmented_control(key="attention-further").set_value(part).run())


def _labels() -> list[str]:
    return models.labels(models.with_attention())


def a_run(owner: str) -> str:
    """A run with a checkpoint and two snapshots: untrained, and the one that ships."""
    from dataclasses import replace

    one = saved()
    spec = stored.spec("transformer")
    spec = replace(spec, model=one.model.settings)
    run = stored.stored_run(owner, spec, steps=40)
    store = session._manager().store
    folder = store.run_folder(run)
    settings = one.model.settings.to_dict()
    fresh = build_model("transformer", settings, one.model.vocab_size, seed=0)
    made = folder / "checkpoint"
    meta = read_meta(of_names().folder)
    save_checkpoint(made, one.model, one.tokenizer, meta | {"spec": spec.to_dict()})
    (folder / snapshots.FOLDER).mkdir()
    shutil.copy(made / "codec.json", folder / snapshots.FOLDER / snapshots.CODEC)
    shutil.copy(made / "meta.json", folder / snapshots.FOLDER / snapshots.CARD)
    for step, model in ((1, fresh), (40, one.model)):
        path = snapshots._replace(
            snapshots._file(folder / snapshots.FOLDER, step), snapshots.save(snapshots.light(model))
        )
        store.record(run, [Snapshot(step, str(path) if path else "x")])
    return run


def test_earlier_steps_of_a_run() -> None:
    app = opened("Earlier steps")
    assert "this model has none" in app.info[0].value
    owner = app.session_state["visitor"]
    run = a_run(owner)
    try:
        sound(app.run())
        box = app.selectbox(key="attention-model")
        sound(box.set_value(next(o for o in box.options if o.startswith("Yours"))).run())
        sound(app.text_input(key="attention-name").set_value(NAME).run())
        step = app.select_slider(key=f"attention-step-{run}")
        assert step.options == ["1", "40"]
        assert "After step 40" in captions(app)
        place = [app.selectbox(key=f"attention-{what}").value for what in ("layer", "head")]
        ids = text_ids(saved().tokenizer, NAME, items=True)
        now = attention_maps(saved().model, ids)[*place].numpy()
        assert any(_is(f.value, now) for f in app.dataframe if SHARE in f.value)
        sound(step.set_value(1).run())
        assert "After step 1." in captions(app)
        settings = saved().model.settings.to_dict()
        fresh = build_model("transformer", settings, saved().model.vocab_size, seed=0)
        then = attention_maps(fresh.eval(), ids)[*place].numpy()
        assert any(_is(f.value, then) for f in app.dataframe if SHARE in f.value)
        shares = first_table(app, "of 1")
        assert set(shares["step"]) == {1, 40}
    finally:
        stored.forget(session._manager().store, run)


def test_a_text_that_is_not_here_gives_way_to_the_one_on_the_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sample, "_kept", lambda *_: None)
    monkeypatch.setattr(switching, "_nats", lambda *given: given[-1][1].nats(of_model(given)))
    app = opened("Switch off")
    assert "of your text above" in captions(app)
    ids = text_ids(saved().tokenizer, NAME, items=True)
    with torch.no_grad():
        nats = saved().model.nats(ids[None, :-1], ids[None, 1:])[0].mean()
    assert app.metric[0].value == f"{nats:.2f} nats"


def of_model(given: tuple):
    look, off = given[-1][0], given[3]
    return switching.twin(look, off)


@pytest.mark.parametrize(
    ("family", "settings"),
    [
        ("encoder", {"position": "alibi"}),
        ("encoder-decoder", {}),
        ("transformer", {"position": "learned", "norm": "layer", "bias": True}),
    ],
)
def test_models_of_ones_own_of_every_kind(
    family: str, settings: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = alphabet(27)
    folder = tmp_path / "mine" / "checkpoint"
    save_checkpoint(folder, lively_model(family, 27, **settings), tokenizer, {})
    choice = choice_of(folder, read_meta(folder), "Yours: Mine")
    monkeypatch.setattr(models, "own", lambda: [choice])
    app = opened("Switch off", model="Yours: Mine", text="0123456789ab")
    assert "tokens of your text above" in captions(app)
    assert len(app.metric) == 3
    for part in ("What moved the guess", "Averages and types", "Masks", "Positions"):
        sound(app.segmented_control(key="attention-further").set_value(part).run())
        if part == "What moved the guess":
            assert len(first_table(app, "adds to the logit")) >= 7
        if part == "Masks":
            assert "changes by more than" in captions(app)

"""The Tensors screen: numbers on the page beside the library's, for the models that ship."""

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional as F

from lm_core.checkpoints import build_model, load_checkpoint, save_checkpoint
from lm_core.inspection import text_ids
from lm_core.inspection.atlas import facts, follow
from lm_core.inspection.one_step import one_step
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.shared import models
from pages._ui.tensors import batch as batches
from tests.pages.screens import said, table
from tests.tiny import tiny_settings
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
NAME = "anastasia"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in address.items():
        app.query_params[f"tensors-{name}"] = value
    app.switch_page("pages/tensors.py").run()
    assert not app.exception
    return app


def label_of(folder: str) -> str:
    choices = models.that_read()
    called = zip(models.labels(choices), choices, strict=True)
    return next(label for label, choice in called if choice.folder.name == folder)


def test_the_atlas_of_a_name_is_the_librarys() -> None:
    app = opened(model=label_of("names-transformer"), which="blocks.0.attention.weights")
    assert not app.error
    assert app.selectbox(key="tensors-which").value == "blocks.0.attention.weights"
    assert "weights = scores.softmax(dim=-1)" in [code.value for code in app.code]
    assert "weights = softmax(scores)" in [code.value for code in app.code]
    assert "lm\\_core/models/attention.py" in said(app) or "attention.py, line" in said(app)
    saved = load_checkpoint(models.SHIPPED / "names-transformer")
    ids = text_ids(saved.tokenizer, NAME, items=True).view(1, -1)
    found = facts(follow(saved.model, ids).at("blocks.0.attention.weights").tensor)
    shown = {one.label: one.value for one in app.metric}
    assert shown["Mean"] == f"{found.mean:.4g}"
    assert shown["Std"] == f"{found.std:.4g}"
    drawn = table(app, "standard deviation").set_index("tensor")["standard deviation"]
    assert drawn["blocks.0.attention.weights"] == pytest.approx(found.std)
    app.button(key="tensors-forward").click().run()
    assert app.selectbox(key="tensors-which").value == "blocks.0.attention.attend"


def test_what_breaks_a_model_is_found_told_and_opened() -> None:
    app = opened(model=label_of("names-mlp"))
    app.button(key="tensors-break").click().run()
    assert not app.exception
    assert "The first tensor that is not all numbers is" in app.error[0].value
    which = app.selectbox(key="tensors-which").value
    assert which.replace("_", "") in app.error[0].value.replace("\\", "").replace("_", "")
    assert table(app, "not finite")["not finite"].sum() > 0
    app.selectbox(key="tensors-blown").set_value("Nothing").run()
    assert not app.error


def test_a_step_adds_up_and_its_loss_is_the_librarys() -> None:
    app = opened(view="One training step", model=label_of("names-lstm"))
    assert not app.error
    saved = load_checkpoint(models.SHIPPED / "names-lstm")
    boundary = torch.tensor([saved.tokenizer.boundary_id])
    ids = torch.cat([text_ids(saved.tokenizer, NAME, items=True), boundary]).view(1, -1)
    with torch.no_grad():
        loss = F.cross_entropy(saved.model(ids[:, :-1])[0][0], ids[0, 1:])
    shown = {one.label: one.value for one in app.metric}
    assert float(shown["Loss (nats)"]) == pytest.approx(float(loss), abs=1e-5)
    assert float(shown["After"]) < float(shown["Before"])
    rows = table(app, "with the numbers")
    by_hand = float(rows["value"].iloc[-1])
    done = float(said(app).split("in float32, ")[1].split()[0].rstrip("."))
    assert by_hand == pytest.approx(done, rel=1e-5)
    app.selectbox(key="tensors-optimizer").set_value("sgd").run()
    assert list(table(app, "with the numbers")[""]) == ["w", "g", "d", "w′"]


def test_a_translator_learns_the_target_it_is_given() -> None:
    choices = models.that_read() + models.of_pairs()
    called = dict(zip([c.folder.name for c in choices], models.labels(choices), strict=True))
    label = called["translate-luong"]
    app = opened(view="One training step", model=label, should="un deux")
    assert not app.error
    saved = load_checkpoint(models.SHIPPED / "translate-luong")
    source, target = saved.codec.source, saved.codec.target
    ids = source.encode(app.text_input(key="tensors-source").value).tolist()
    asked = torch.tensor([*target.encode("un deux").tolist(), target.boundary_id])
    with torch.no_grad():
        logits = saved.model.answer(torch.tensor([ids]), asked.roll(1).view(1, -1))
    shown = {one.label: one.value for one in app.metric}
    loss = F.cross_entropy(logits[0], asked)
    assert float(shown["Loss (nats)"]) == pytest.approx(float(loss), abs=1e-4)
    assert float(shown["After"]) < float(shown["Before"])


def test_a_model_of_both_sides_has_tokens_hidden(tmp_path: Path) -> None:
    tokenizer = CharTokenizer.train([NAME])
    model = build_model("encoder", tiny_settings("encoder"), tokenizer.vocab_size)
    saved = load_checkpoint(save_checkpoint(tmp_path / "m", model, tokenizer, {}))
    ids = text_ids(tokenizer, NAME, items=False)
    batch = batches.of_text(saved, NAME, hide=True)
    hidden = batch.idx[0] == model.mask_id
    assert hidden.any()
    assert not hidden[0]
    assert torch.equal(batch.targets[0], ids.where(hidden, torch.tensor(-1)))
    assert torch.equal(batch.idx[0][~hidden], ids[~hidden])
    assert [name == batches.HIDDEN for name in batch.names["T"][0]] == hidden.tolist()
    assert not (batches.of_text(saved, NAME).idx == model.mask_id).any()
    rows = batches.of_pieces(saved, [ids.repeat(9)], hide=True)
    assert ((rows.targets >= 0).sum(1) > 0).all()
    assert one_step(saved.model, rows.idx, rows.targets, lr=0.01).loss_after > 0


def test_nudges_agree_on_the_page() -> None:
    app = opened(view="Gradient check", model=label_of("names-neural-bigram"))
    assert not app.error
    rows = table(app, "slope by nudging")
    nudged, autograd = (rows[f"slope by {how}"].astype(float) for how in ("nudging", "autograd"))
    assert (nudged - autograd).abs().max() < 1e-6 * autograd.abs().max() + 1e-9
    app.button(key="tensors-others").click().run()
    assert list(table(app, "slope by nudging")["weight"]) != list(rows["weight"])


@pytest.mark.parametrize("folder", ["names-bigram", "translate-luong"])
def test_models_that_count_or_translate_are_followed(folder: str) -> None:
    choices = sorted(
        models.that_read() + models.of_pairs(), key=lambda choice: choice.family != "transformer"
    )
    called = dict(zip([c.folder.name for c in choices], models.labels(choices), strict=True))
    app = opened(model=called[folder])
    assert not app.error
    assert table(app, "standard deviation")["tensor"].iloc[-1] in ("forward", "head")


def test_kept_text_bad_text_and_no_text() -> None:
    app = opened(model=label_of("names-rnn"), **{"from": "Text it never saw"})
    assert not app.error
    assert "4 rows" in said(app)
    app.segmented_control(key="tensors-from").set_value("Your text").run()
    app.text_input(key="tensors-name").set_value("é漢").run()
    assert "never saw" in app.error[0].value
    app.text_input(key="tensors-name").set_value("").run()
    assert "at least two tokens" in app.info[0].value

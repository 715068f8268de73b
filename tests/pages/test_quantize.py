"""The Quantize screen: one matrix as the library has it, what is measured, outliers, sizes."""

from pathlib import Path

import pytest
import torch
from streamlit.testing.v1 import AppTest

from lm_core.checkpoints import load_checkpoint
from lm_core.quantize.schemes import SCHEMES
from pages._ui.quantize import outliers, schemes, sizes, texts
from pages._ui.shared import models
from tests.pages.screens import said, sound, table
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
FOLDER = "names-transformer"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    for room in (schemes, outliers, sizes):
        monkeypatch.setattr(room, "TOKENS", 150)


def opened(**address: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    address = {"model": label_of(FOLDER), **address}
    for name, value in address.items():
        app.query_params[f"quantize-{name}"] = str(value)
    app.switch_page("pages/quantize.py").run()
    return sound(app)


def label_of(folder: str) -> str:
    choices = texts.networks()
    called = zip(models.labels(choices), choices, strict=True)
    return next(label for label, choice in called if choice.folder.name == folder)


def measured(app: AppTest, what: str) -> AppTest:
    """After as many looks as it takes."""
    app.button(key=f"quantize-{what}-start").click().run()
    while sound(app).session_state[f"quantize-{what}"].going:
        app.run()
    return app.run()


@pytest.mark.parametrize("name", ["int8", "nf4"])
def test_the_arithmetic_is_that_of_the_library(name: str) -> None:
    app = opened(scheme=SCHEMES[name].title, row=6, column=2)
    model = load_checkpoint(models.SHIPPED / FOLDER).model
    weight = model.blocks[0].mlp.up.weight.detach()
    back = SCHEMES[name].decode(SCHEMES[name].encode(weight), tuple(weight.shape))
    shown = dict(table(app, "what").to_numpy().tolist())
    assert shown["the weight w"] == f"{weight[5, 1]:.6f}"
    assert shown["error"] == f"{back[5, 1] - weight[5, 1]:+.6f}"
    assert any(text.endswith(f"= {back[5, 1]:.6f}") for text in shown.values())
    assert f"{SCHEMES[name].bits_per_weight(tuple(weight.shape)):.2f} bits a weight" in said(app)


def test_another_matrix_begins_within_its_rows_and_every_scheme_is_shown() -> None:
    app = opened(row=300, column=90)
    app.selectbox(key="quantize-matrix").set_value("head.weight").run()
    assert sound(app).number_input(key="quantize-row").value <= 27
    for name in SCHEMES:
        app.selectbox(key="quantize-scheme").set_value(name).run()
        sound(app)


def test_all_schemes_are_measured_and_the_model_stays_as_it_is() -> None:
    app = opened(view="All schemes")
    loaded = models.load(next(c for c in texts.networks() if c.folder.name == FOLDER)).model
    before = [weight.clone() for weight in loaded.parameters()]
    app.selectbox(key="quantize-only").set_value("mlp").run()
    measured(app, "schemes")
    shown = table(app, "perplexity")
    assert shown["scheme"].tolist()[1:] == [scheme.title for scheme in SCHEMES.values()]
    assert shown["nats more"].iloc[0] == 0
    assert shown["bytes"].iloc[1:].max() < shown["bytes"].iloc[0]
    assert "What to notice" in said(app)
    assert all(torch.equal(a, b) for a, b in zip(before, loaded.parameters(), strict=True))


def test_it_can_be_stopped() -> None:
    app = opened(view="All schemes")
    app.button(key="quantize-schemes-start").click().run()
    if app.session_state["quantize-schemes"].going:
        app.button(key="quantize-schemes-stop").click().run()
    assert not sound(app).session_state["quantize-schemes"].going
    app.run()
    assert len(table(app, "perplexity")) >= 1


def test_outliers_ruin_activations_and_not_weights() -> None:
    app = measured(opened(view="Outliers"), "outliers")
    lost = table(app, "nats more").set_index("what")["nats more"]
    assert lost["float32"] == 0
    assert abs(lost["weights, by channel"]) < 0.02
    assert lost["+ activations, min to max"] > 0.2
    assert "every logit equal" in said(app)
    app.selectbox(key="quantize-model").set_value(label_of("names-gru")).run()
    assert "no attention layers" in sound(app).info[0].value


@pytest.mark.slow
def test_models_of_several_sizes() -> None:
    app = measured(opened(view="By size"), "sizes")
    shown = table(app, "parameters")
    assert shown["parameters"].is_monotonic_increasing
    assert len(shown) >= 14
    assert "models of US first names" in said(app)

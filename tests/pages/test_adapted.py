"""A model of the visitor's that was adapted, on every screen that looks into one: what a method has
added is no fault of it."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.adapt.adapting import adapt
from lm_core.adapt.settings import AdapterSettings
from lm_core.checkpoints import read_meta, save_checkpoint
from lm_core.corpora.load import load_corpus
from lm_core.tokenizers.char import CharTokenizer
from pages._ui.shared import models
from tests.tiny import lively_model
from tests.waiting import PATIENCE

APP = Path(__file__).parents[2] / "app.py"
LABEL, TEXT = "Yours: Mine", "the state of the union"
SCREENS = {
    "attention": ("attention-further", "text", ["Switch off", "What moved the guess", "Positions"]),
    "embeddings_and_layers": ("layers-view", "text", ["Map", "Layer by layer"]),
    "tensors": ("tensors-view", "text", ["Atlas", "One training step"]),
    "quantize": ("quantize-view", "", ["One matrix", "All schemes", "Outliers"]),
    "reading": ("", "text", [""]),
    "generate_text": ("generate_text-look", "prompt", ["The prompt, scored", "Beam search"]),
}


# Of a soft prompt, whose places are none of the text's.
TOLD = [
    "A soft prompt stands in front of every text, and this look has no place for it: choose a "
    "model without one."
]
UNSEEN = {("attention", look) for look in SCREENS["attention"][2]}
UNSEEN |= {("embeddings_and_layers", "Layer by layer")}


@pytest.fixture(params=["lora", "soft-prompt"])
def told(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> set:
    """The looks that say why they show nothing."""
    codec = CharTokenizer.train([load_corpus("speeches").splits["train"][0]])
    how = AdapterSettings(method=request.param, rank=2, prompt=3)
    model = adapt(lively_model("transformer", codec.vocab_size, block_size=48), how)
    spec = {
        "data": {"name": "speeches"},
        "codec": {"name": "char"},
        "start": {"folder": "names-transformer", **how.to_dict()},
    }
    folder = tmp_path / "mine" / "checkpoint"
    save_checkpoint(folder, model, codec, {"spec": spec, "corpus": {"name": "speeches"}})
    choice = models.choice_of(folder, read_meta(folder), LABEL)
    monkeypatch.setattr(models, "own", lambda: [choice])
    return UNSEEN if request.param == "soft-prompt" else set()


@pytest.mark.parametrize("screen", SCREENS)
def test_it_is_looked_into_as_any_other(told: set, screen: str) -> None:
    view, field, views = SCREENS[screen]
    room = {"embeddings_and_layers": "layers"}.get(screen, screen)
    for look in views:
        app = AppTest.from_file(APP, default_timeout=PATIENCE)
        said = {f"{room}-model": LABEL, f"{room}-{field}": TEXT if field else "", view: look}
        for name, value in said.items():
            if name and value:
                app.query_params[name] = value
        app.switch_page(f"pages/{screen}.py").run()
        assert not app.exception
        assert [error.value for error in app.error] == (TOLD if (screen, look) in told else [])
        assert app.selectbox(key=f"{room}-model").value == LABEL
        for button in app.button:
            if button.label.startswith("Measure"):
                assert not button.click().run().exception

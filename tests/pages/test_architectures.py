"""The Architectures screen: figures come from the models themselves, and each widget moves."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.models import models
from lm_core.models.building import build_model

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(family: str = "Transformer", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    for name, value in {"architectures-family": family, **address}.items():
        app.query_params[name] = value
    return sound(app.switch_page("pages/architectures.py").run())


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    return app


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def tables(app: AppTest, column: str) -> list:
    return [frame.value for frame in app.dataframe if column in frame.value]


def test_it_opens_on_the_transformer_with_its_exact_parameters() -> None:
    app = opened()
    n = build_model("transformer", {}, 65).n_parameters
    assert app.metric[0].proto.help.startswith(f"{n:,} ")
    assert metrics(app)["Parameters"] == "803 k"
    assert metrics(app)["Operations a token"] == "≈ 1.61 M"
    assert "softmax(Q Kᵀ / sqrt(D) + mask) V" in app.code[0].value
    (parts,) = tables(app, "share of all")
    assert parts["parameters"].sum() == n
    (shapes,) = tables(app, "shape")
    assert list(shapes.iloc[[0, -1]]["shape"]) == ["2 × 8", "2 × 8 × 65"]
    assert not shapes["step"].str.startswith("blocks.1").any()
    app.session_state["source-Transformer"] = True  # a click on "The code"
    assert "class Transformer(LanguageModel)" in app.run().code[-1].value


@pytest.mark.parametrize("entry", list(models), ids=lambda entry: entry.name)
def test_every_family_opens_and_each_of_its_settings_moves(entry) -> None:
    app = opened(entry.title)
    assert app.code[0].value, "the equation stands in the first lines of the family's file"
    for key in [widget.key for widget in app.number_input]:
        widget = app.number_input(key=key)
        if key.endswith("n_head"):
            widget.set_value(2).run()
        elif key.endswith("n_embd"):
            widget.set_value(widget.value * 2).run()
        else:
            widget.increment().run()
        sound(app)
    families = tables(app, "learns by")[0]
    assert list(families["family"]) == [entry.title for entry in models]


def test_a_family_that_counts_shows_what_it_counted() -> None:
    app = opened("N-gram")
    (stored,) = tables(app, "different runs")
    assert list(stored["length"])[:2] == ["single tokens", "runs of 2"]
    assert stored["different runs"].iloc[0] == 27  # a to z and the end of a name
    sound(app.number_input(key="architectures-ngram-order").set_value(3).run())
    assert len(tables(app, "different runs")[0]) == 3
    assert "the last 2 tokens" in app.markdown[-1].value


def test_settings_that_do_not_go_together_get_one_sentence_and_stay() -> None:
    app = opened()
    app.number_input(key="architectures-transformer-n_head").set_value(5).run()
    assert not app.exception
    assert [e.value for e in app.error] == ["n_embd (128) must be n_head (5) times an even number."]
    assert app.number_input(key="architectures-transformer-n_head").value == 5
    sound(app.number_input(key="architectures-transformer-n_head").set_value(8).run())


def test_an_enormous_model_is_counted_and_not_run() -> None:
    settings = {"name": "transformer", "n_layer": 48, "n_head": 64, "n_embd": 4096}
    app = opened(settings=json.dumps(settings))
    assert metrics(app)["Parameters"] == "9.66 G"
    assert "the shapes are not run" in app.info[0].value
    assert not tables(app, "shape")


def test_a_link_carries_the_settings_and_a_bad_one_says_why() -> None:
    app = opened()
    sound(app.number_input(key="architectures-transformer-n_layer").set_value(7).run())
    assert json.loads(app.query_params["settings"]) == {"name": "transformer", "n_layer": 7}
    again = opened(settings='{"name":"transformer","n_layer":7}')
    assert again.number_input(key="architectures-transformer-n_layer").value == 7
    for bad in ("{", "[1]", "7", "[" * 1999):
        assert metrics(opened(settings=bad))["Parameters"] == "803 k"
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["settings"] = '{"name":"transformer","n_layers":7}'
    app.switch_page("pages/architectures.py").run()
    assert "did you mean 'n_layer'" in app.error[0].value


def test_parameters_of_the_vocabulary_grow_with_it() -> None:
    app = opened("LSTM")
    sound(app.number_input(key="architectures-vocabulary").set_value(1000).run())
    per_token = 64 + 256 + 1  # its row of the embedding, of the head, and its bias
    said = "\n".join(markdown.value for markdown in app.markdown)
    assert f"{per_token} for each of its 1,000 tokens" in said

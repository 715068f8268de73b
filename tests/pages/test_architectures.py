"""The Architectures screen: figures come from the models themselves, and each widget moves."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lm_core.charts import growth, sizes
from lm_core.charts.chart import Chart
from lm_core.corpora import corpora
from lm_core.inspection import counters
from lm_core.models import models
from lm_core.models.building import build_model
from lm_core.models.mixture import MixtureSettings
from lm_core.models.plain import lesson
from lm_core.models.plain import transformer as plain_transformer
from pages._ui.architectures import families
from tests.marks import most_slow
from tests.pages.screens import sound
from tests.tiny import OF_TEXT
from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]
FAMILIES = pytest.mark.parametrize("entry", OF_TEXT, ids=lambda entry: entry.name)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))


def opened(family: str = "Transformer", **address: str) -> AppTest:
    return sound(visited(family, **address))


def visited(family: str = "Transformer", **address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    for name, value in {"architectures-family": family, **address}.items():
        app.query_params[name] = value
    app.switch_page("pages/architectures.py").run()
    assert not app.exception
    return app


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def tables(app: AppTest, column: str) -> list:
    return [frame.value for frame in app.dataframe if column in frame.value]


def said(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in (*app.markdown, *app.caption))


def of_family(app: AppTest, kind: str, name: str) -> list[str]:
    """Keys of the widgets of a kind that were made from the settings of a family."""
    widgets = getattr(app, kind)
    return [w.key for w in widgets if w.key and w.key.startswith(f"architectures-{name}-")]


def test_it_opens_on_the_transformer_with_its_exact_parameters() -> None:
    app = opened()
    model = build_model("transformer", {}, 65)
    assert app.metric[0].proto.help.startswith(f"{model.n_parameters:,} ")
    assert metrics(app)["Parameters"] == "803 k"
    assert metrics(app)["Operations a token"] == "1.72 M"  # its embedding is only looked up
    assert "softmax(Q Kᵀ / sqrt(D) + mask) V" in app.code[0].value
    (parts,) = tables(app, "share of all")
    assert parts["parameters"].sum() == model.n_parameters
    (shapes,) = tables(app, "shape")
    assert list(shapes.iloc[[0, -1]]["shape"]) == ["2 × 8", "2 × 8 × 65"]
    assert not shapes["step"].str.startswith("blocks.1").any()
    app.session_state["source-lm_core.models.plain.transformer"] = True  # a click on "The code"
    app.session_state["source-Transformer"] = True
    plain, fast = (code.value for code in app.run().code[-2:])
    assert plain == Path(plain_transformer.__file__).read_text(encoding="utf-8").rstrip()
    assert fast.startswith("@models.register(")
    assert "class Transformer(Network)" in fast


@pytest.mark.parametrize("clicks", most_slow([1, None], quick=[1]), ids=["a rung", "all"])
def test_the_ladder_has_every_family_once_and_a_click_chooses_it(clicks: int | None) -> None:
    app = opened("RNN")
    offered = [title for group in ladder(app) for title in group.options]
    assert offered == [entry.title for entry in OF_TEXT]
    for group in ladder(app):
        for title in group.options[:clicks]:
            sound(app.button_group(key=group.key).set_value(title).run())
            assert f"**{title}.**" in said(app)
            assert [g.value for g in ladder(app) if g.value] == [title]
            assert app.query_params["architectures-family"] == title


def ladder(app: AppTest) -> list:
    others = ("architectures-cost", "language")
    return [group for group in app.button_group if group.key not in others]


def test_what_it_costs_is_the_formula_and_what_pytorch_counts() -> None:
    app = opened()
    model = build_model("transformer", {}, 65)
    counted = {
        "parameters": f"{model.n_parameters:,}",
        "operations": f"{counters.operations(model, 64):,.0f}",
        "kept": f"{counters.kept(model, families.ROWS, 64):,.0f}",
        "state": f"{counters.state(model, 64):,}",
    }
    formulas = ("12 L C² + 2 V C", "4 L T C + 24 L C²", "L H T + 16 L C", "2 L T C")
    for (what, number), formula in zip(counted.items(), formulas, strict=True):
        sound(app.button_group(key="architectures-cost").set_value(what).run())
        assert any(block.value.startswith(formula) for block in app.code)
        (parts,) = tables(app, "formula")
        total = model.costs(rows=families.ROWS).total(what)
        assert any(block.value.startswith(f"= **{total:,}**") for block in app.markdown)
        assert parts.iloc[:, 2].sum() == total
        sound(app.button(key="architectures-count").click().run())
        assert f"PyTorch counts **{number}**" in app.success[0].value
    (grown,) = tables(app, "times as large")
    grown = grown.set_index(["size", "times as large"])["numbers"]
    assert grown["context T", 16] == 16 * grown["context T", 1]
    assert grown["vocabulary V", 16] == grown["vocabulary V", 1]


@FAMILIES
def test_every_family_says_what_it_is_good_for(entry) -> None:
    worth = families.about(entry).worth
    assert worth.count(". ") == 1, "two sentences, in the family's file"
    assert worth.endswith(".")
    assert "Left out" not in worth
    assert "Strong" not in families.about(entry).left_out


def test_a_click_on_a_part_tells_what_it_is() -> None:
    app = opened()
    boxes = {
        b.key.removeprefix("architectures-box-"): b.label for b in app.button if "box" in b.key
    }
    assert boxes["blocks.0"] == "4 × blocks · 197 k"
    sound(app.button(key="architectures-box-blocks.0.mlp.up").click().run())
    (told,) = tables(app, "this part")
    told = told.set_index("what")["this part"]
    assert told["class"] == "Linear"
    assert told["gives"] == "2 × 8 × 512"
    assert told["parameters of one"] == "65,536 numbers"
    assert any("self.up(x)" in code.value for code in app.code)
    sound(app.button(key="architectures-box-blocks.0.mlp").click().run())
    assert not any("class MLP" in code.value for code in app.code)  # sent when it is asked for
    app.session_state["architectures-code-MLP"] = True  # a click on "Its own code"
    assert any("class MLP" in code.value for code in sound(app.run()).code)


def test_families_of_one_size() -> None:
    app = opened()
    sound(app.toggle(key="architectures-alike").set_value(True).run())
    (table,) = tables(app, "learns by")
    table = table.set_index("family")
    assert table["width"]["LSTM"] == "n_hidden 408"
    assert table["parameters"]["LSTM"] == "804 k"
    assert table["parameters"]["Transformer"] == "803 k"
    assert table["parameters"]["Neural bigram"] == "4.22 k"


def test_a_family_no_link_knows_opens_the_first_one() -> None:
    assert "**Transformer.**" in said(opened("Perceptron"))


@pytest.mark.parametrize(
    "entry",
    most_slow(OF_TEXT, quick=[models[n] for n in ("ngram", "lstm", "transformer", "mixture")]),
    ids=lambda entry: entry.name,
)
def test_every_family_says_what_it_is(entry) -> None:
    app = opened(entry.title)
    about = families.about(entry)
    assert app.code[0].value == about.equation, "the equation stands in the family's file"
    assert entry.idea in said(app)
    assert entry.paper.rstrip(".") in said(app)
    assert about.left_out in said(app)
    codes = [e.label for e in app.expander if e.label.startswith("The code")]
    if lesson(entry.build):
        assert codes == ["The code: the whole model in one file", "The code: the same, fast"]
    else:
        assert codes == ["The code"]
    (table,) = tables(app, "learns by")
    assert list(table["family"]) == [e.title for e in OF_TEXT]


@pytest.mark.parametrize(
    "entry",
    most_slow(OF_TEXT, quick=[models[n] for n in ("ngram", "mlp")]),
    ids=lambda entry: entry.name,
)
def test_each_setting_of_every_family_moves(entry) -> None:
    """A step up or another choice gives no error, or one sentence; then it is taken back."""
    app = opened(entry.title)
    for kind in ("number_input", "selectbox", "checkbox"):
        for key in of_family(app, kind, entry.name):
            widget = getattr(app, kind)(key=key)
            before = widget.value
            if kind == "number_input":
                top = widget.proto.max if widget.proto.has_max else before + 1
                widget.set_value(min(before + 1, top) if before + 1 <= top else top)
            elif kind == "selectbox":
                others = [option for option in widget.options if option != before]
                widget.set_value(others[-1])
            else:
                widget.set_value(not before)
            app.run()
            assert not app.exception, key
            assert len(app.error) <= 1, key
            if app.error:
                sound(getattr(app, kind)(key=key).set_value(before).run())
    sound(app)


@pytest.mark.parametrize(
    "entry",
    most_slow(OF_TEXT, quick=[models[n] for n in ("bigram", "neural-bigram", "transformer")]),
    ids=lambda entry: entry.name,
)
def test_a_vocabulary_of_words_is_counted_or_refused_in_one_sentence(entry) -> None:
    app = visited(entry.title, **{"architectures-vocabulary": "50000"})
    refused = {"bigram": "take ngram with order 2", "neural-bigram": "take mlp with context 1"}
    if entry.name in refused:
        (error,) = app.error
        assert refused[entry.name] in error.value
    else:
        assert not app.error
    (table,) = tables(app, "learns by")
    by_name = dict(zip([e.name for e in OF_TEXT], table["parameters"], strict=True))
    assert {n for n, cell in by_name.items() if cell == "too large a table"} == set(refused)
    assert by_name["transformer"] == "13.6 M"
    assert app.number_input(key="architectures-vocabulary").value == 50_000


@FAMILIES
def test_the_figures_of_a_plan_are_those_of_the_model(entry) -> None:
    size = families.size(entry.name, entry.settings().to_dict(), 65)
    model = build_model(entry.name, {}, 65)
    trained = sum(parameter.numel() for parameter in model.parameters())
    assert size.parameters == (trained or model.n_parameters)
    assert sum(n for _, n in size.parts) == size.parameters
    assert 0 <= size.of_vocabulary <= size.parameters


def test_a_table_of_pairs_is_shown_as_counted() -> None:
    app = opened("Bigram")
    (table,) = tables(app, "next")
    assert len(table) == 27 * 27
    assert table.groupby("token")["probability (share of 1)"].sum().round(6).eq(1).all()
    q = table[(table["token"] == "q") & (table["next"] == "u")].iloc[0]
    assert q["count"] == table[table["token"] == "q"]["count"].max()
    assert "65 × 65 = 4,225 counts" in said(app)


def test_smoothing_acts_at_once() -> None:
    app = opened("Bigram")
    (spelled,) = tables(app, "pair")
    assert dict(zip(spelled["pair"], spelled["count"], strict=True))["l → x"] == 0
    before = metrics(app)
    assert "∞" not in "".join(before.values())
    sound(app.number_input(key="architectures-bigram-k").set_value(0.0).run())
    assert metrics(app)["Surprise in all"] == "∞ nats"
    assert metrics(app)["On names it never read"] == "∞ nats"
    assert metrics(app)["On names it read"] == before["On names it read"]
    sound(app.number_input(key="architectures-bigram-k").set_value(1e6).run())
    (table,) = tables(app, "next")
    assert table["probability (share of 1)"].round(2).nunique() == 1  # all alike
    assert metrics(app)["On names it never read"] == "3.29 nats"  # ln 27 is 3.296


def test_a_name_of_strange_letters_is_one_sentence() -> None:
    app = opened("Bigram")
    name = app.text_input(key="architectures-name")
    name.set_value("Zoë").run()
    assert not app.exception
    assert ["never saw" in error.value for error in app.error] == [True]
    app.text_input(key="architectures-name").set_value("").run()
    assert not app.exception
    assert len(app.error) == 1
    sound(app.text_input(key="architectures-name").set_value("Emma").run())
    (spelled,) = tables(app, "pair")
    assert list(spelled["pair"]) == ["⏎ → e", "e → m", "m → m", "m → a", "a → ⏎"]


def test_a_family_that_counts_runs_shows_what_it_stored() -> None:
    app = opened("N-gram")
    (stored,) = tables(app, "different runs")
    assert list(stored["length"])[:2] == ["single tokens", "runs of 2"]
    assert stored["different runs"].iloc[0] == 27  # a to z and the end of a name
    assert "14,348,907 possible contexts of 5 characters" in said(app)
    sound(app.number_input(key="architectures-ngram-order").set_value(3).run())
    assert len(tables(app, "different runs")[0]) == 3
    assert "the last 2 tokens" in said(app)
    sound(app.selectbox(key="architectures-ngram-smoothing").set_value("backoff").run())
    assert "each step back costs" in said(app)
    sound(app.number_input(key="architectures-ngram-order").set_value(1).run())
    assert "how frequent each character is" in said(app)


def test_a_mixture_shows_what_is_trained_and_says_what_is_not_counted_yet() -> None:
    app = opened("Mixture")
    alone = build_model("transformer", {}, 65).n_parameters
    assert app.metric[0].proto.help.startswith(f"{alone:,} ")
    assert app.info[0].value.startswith("N-gram: this part counts.")
    first = app.text_input(key="architectures-mixture-first")
    first.set_value("lstm n_hidden=32").run()
    sound(app)
    assert not app.info
    (parts,) = tables(app, "share of all")
    assert parts["part"].str.startswith("LSTM: ").any()
    assert (
        parts["parameters"].sum()
        == families.size(
            "mixture", MixtureSettings(first="lstm n_hidden=32").to_dict(), 65
        ).parameters
    )
    app.text_input(key="architectures-mixture-first").set_value("lstm n_hiden=3").run()
    assert not app.exception
    assert "did you mean 'n_hidden'" in app.error[0].value
    app.text_input(key="architectures-mixture-first").set_value("ngram")
    app.text_input(key="architectures-mixture-second").set_value("ngram order=3").run()
    sound(app)
    assert "both parts count" in app.info[0].value


def test_an_encoder_says_that_it_compares_with_no_other() -> None:
    app = opened("Transformer encoder")
    assert "both sides of a place" in said(app)
    (table,) = tables(app, "learns by")
    back = table.set_index("family")["looks back"]
    assert back["Transformer encoder"] == "64 tokens around"


def test_a_recurrent_translator_says_that_it_reads_two_texts() -> None:
    app = opened("Recurrent translator")
    assert "It reads one text and writes another" in said(app)
    assert "both sides of a place" not in said(app)
    (table,) = tables(app, "learns by")
    assert table.set_index("family")["looks back"]["Recurrent translator"] == "no fixed limit"
    (shapes,) = tables(app, "shape")
    assert list(shapes["step"][:2]) == ["source", "target"]
    assert list(shapes.iloc[[0, 1, -1]]["shape"]) == ["2 × 8", "2 × 6", "2 × 6 × 65"]
    assert "2 pairs: a source of 8 tokens, a target of 6" in said(app)
    box = app.selectbox(key="architectures-rnn-translator-attention")
    sound(box.set_value("bahdanau").run())  # which looks before every token
    (shapes,) = tables(app, "shape")
    assert list(shapes["step"]).count("attention") == 1
    assert shapes.set_index("step")["shape"]["attention"] == "2 × 1 × 8"


def test_an_encoder_decoder_reads_one_text_here_and_says_where_it_translates() -> None:
    app = opened("Encoder-decoder")
    assert "both sides of a place" not in said(app)
    assert "reads one text and writes another" not in said(app)
    (table,) = tables(app, "learns by")
    assert table.set_index("family")["looks back"]["Encoder-decoder"] == "64 tokens"
    (shapes,) = tables(app, "shape")
    assert list(shapes.iloc[[0, -1]]["shape"]) == ["2 × 8", "2 × 8 × 65"]


def test_a_family_that_reads_no_text_is_left_out() -> None:
    app = opened()
    others = {entry.title for entry in models} - {entry.title for entry in OF_TEXT}
    assert others
    assert others.isdisjoint(title for group in app.button_group for title in group.options)
    (table,) = tables(app, "learns by")
    assert list(table["family"]) == [entry.title for entry in OF_TEXT]


def test_how_far_each_family_looks_back() -> None:
    (table,) = tables(opened(), "learns by")
    back = dict(zip(table["family"], table["looks back"], strict=True))
    assert back["Bigram"] == back["Neural bigram"] == "1 token"
    assert (back["N-gram"], back["MLP"]) == ("5 tokens", "8 tokens")
    assert back["WaveNet"] == "16 tokens"  # four levels, each of which doubles it
    assert {back[name] for name in ("RNN", "GRU", "LSTM")} == {"no fixed limit"}
    assert back["Transformer"] == back["Mixture"] == "64 tokens"
    recurrent = MixtureSettings(first="ngram order=3", second="lstm")
    assert families.looks_back(models["mixture"], recurrent) == "no fixed limit"


def test_settings_that_do_not_go_together_get_one_sentence_and_stay() -> None:
    app = opened()
    app.number_input(key="architectures-transformer-n_head").set_value(5).run()
    assert not app.exception
    assert [e.value for e in app.error] == [
        "“Width” (128) must be “Heads” (5) times an even number."
    ]
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
    app = visited(settings='{"name":"transformer","n_layers":7}')
    assert "did you mean 'n_layer'" in app.error[0].value


def test_train_this_one_carries_family_and_settings_over() -> None:
    app = opened("LSTM")
    sound(app.number_input(key="architectures-lstm-n_hidden").set_value(77).run())
    sound(app.button(key="architectures-train").click().run())
    assert app.title[0].value == "Train"
    assert app.selectbox(key="train-model").value == "lstm"
    assert "settings of the model on Architectures" in "".join(c.value for c in app.caption)
    filled = next(n for n in app.number_input if n.key.startswith("train-m-") and n.value == 77)
    assert filled.key.endswith("n_hidden")


def test_a_translator_is_trained_on_pairs() -> None:
    app = sound(opened("Recurrent translator").button(key="architectures-train").click().run())
    assert app.title[0].value == "Train"
    assert app.query_params["text"] == next(
        entry.name for entry in corpora if entry.extra["info"].kind == "pairs"
    )


def test_parameters_of_the_vocabulary_grow_with_it() -> None:
    app = opened("LSTM")
    sound(app.number_input(key="architectures-vocabulary").set_value(1000).run())
    per_token = 64 + 256 + 1  # its row of the embedding, of the head, and its bias
    assert f"{per_token} for each of its 1,000 tokens" in said(app)
    assert "twice the tokens make four times the table" in said(opened("Neural bigram"))


def test_settings_and_family_follow_the_address_that_back_brings() -> None:
    app = opened()
    app.number_input(key="architectures-transformer-n_layer").set_value(7).run()
    changed = app.query_params["settings"]
    del app.query_params["settings"]
    sound(app.run())
    assert app.number_input(key="architectures-transformer-1-n_layer").value == 4
    app.query_params["settings"] = changed
    sound(app.run())
    assert app.number_input(key="architectures-transformer-2-n_layer").value == 7
    app.query_params["architectures-family"] = "LSTM"
    sound(app.run())
    assert any("LSTM" in markdown.value for markdown in app.markdown)
    assert app.query_params["architectures-family"] == "LSTM"


def test_families_of_other_data_show_operations_counted_from_shapes(monkeypatch) -> None:
    """Those of the first of them; `tests/runs/test_operations.py` counts every one."""
    from lm_core.charts.words import human
    from lm_core.models import models
    from lm_core.runs.operations import counted, usual
    from pages._ui.architectures import other_data

    few = [e for e in models if not e.build.of_text][:1]
    monkeypatch.setattr("lm_core.models.models", few)
    table, missing = other_data.costs.__wrapped__()
    assert missing == []
    (entry,) = few
    assert table["family"].tolist() == [entry.title] * len(entry.build.tasks)
    prepared, batch = usual(entry.name, entry.build.tasks[0])
    assert table["operations an example"][0] == human(counted(prepared, batch))


def test_a_family_whose_package_is_not_here_keeps_no_other_from_the_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from lm_core.models import models
    from pages._ui.architectures import other_data

    few = [models["published"], models["two-input"]]
    monkeypatch.setattr("lm_core.models.models", few)
    monkeypatch.setitem(sys.modules, "transformers", None)
    table, missing = other_data.costs.__wrapped__()
    assert table["family"].tolist() == [models["two-input"].title]
    (why,) = missing
    assert why.startswith(models["published"].title)
    assert "requirements-beyond.txt" in why


def test_a_picture_is_made_once_for_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counting(make: Callable[..., Chart]) -> Callable[..., Chart]:
        def counted(*given: object, **named: object) -> Chart:
            made.append(make.__name__)
            return make(*given, **named)

        return counted

    for module, name in ((growth, "growth_curves"), (sizes, "parameter_bars")):
        monkeypatch.setattr(module, name, counting(getattr(module, name)))
    app = opened(**{"architectures-vocabulary": "1234"})  # as no other test has it
    assert sorted(made) == ["growth_curves", "parameter_bars"]
    sound(app.toggle(key="architectures-alike").set_value(True).run())
    assert len(made) == 2
    sound(app.number_input(key="architectures-vocabulary").set_value(1235).run())
    assert len(made) == 4

"""Words of a message are put into the language; what the browser answers with, code, and what
somebody wrote are not."""

import json

import pandas as pd
import pyarrow as pa
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Markdown_pb2 import Markdown

from pages._ui.shared.catalogue import Catalogue
from pages._ui.shared.messages import put

GERMAN = Catalogue(
    {
        "Learning rate": "Lernrate",
        "How far a step goes.": "Wie weit ein Schritt geht.",
        "Loss after {} steps": "Verlust nach {} Schritten",
        "the loss": "der Verlust",
        "text{loss}": "Verlust",
        "Train": "Trainieren",
        "fast": "schnell",
    }
)


def sent(kind: str) -> tuple[ForwardMsg, object]:
    message = ForwardMsg()
    return message, getattr(message.delta.new_element, kind)


def test_labels_help_and_bodies() -> None:
    message, slider = sent("slider")
    slider.label, slider.help, slider.id = "Learning rate", "How far a step goes.", "fast"
    put(message, GERMAN)
    assert (slider.label, slider.help) == ("Lernrate", "Wie weit ein Schritt geht.")
    assert slider.id == "fast"
    message, markdown = sent("markdown")
    markdown.body = "Loss after 1,200 steps: 0.25"
    put(message, GERMAN)
    assert markdown.body == "Verlust nach 1.200 Schritten: 0,25"
    message = ForwardMsg()
    message.delta.add_block.expandable.label = "Learning rate"
    page = message.navigation.app_pages.add()  # the kind of a message is one of several
    page.page_name, page.url_pathname = "Train", "train"
    put(message, GERMAN)
    assert (page.page_name, page.url_pathname) == ("Trainieren", "train")


def test_options_stay_as_the_browser_will_say_them() -> None:
    message, choice = sent("selectbox")
    choice.label = "Learning rate"
    choice.options.extend(["fast", "Train"])
    put(message, GERMAN)
    assert choice.label == "Lernrate"
    assert list(choice.options) == ["fast", "Train"]


def test_code_formulas_and_texts_of_others_stay() -> None:
    for kind, field in (("code", "code_text"), ("text", "body"), ("html", "body")):
        message, element = sent(kind)
        setattr(element, field, "Train" if kind != "html" else "<b>the loss</b>")
        before = getattr(element, field)
        put(message, GERMAN)
        assert getattr(element, field) == before
    message, formula = sent("markdown")
    formula.body, formula.element_type = "Train", Markdown.LATEX
    put(message, GERMAN)
    assert formula.body == "Train"


def test_a_figure_has_its_titles_and_its_signs_and_keeps_its_data() -> None:
    message, chart = sent("plotly_chart")
    spec = {
        "layout": {
            "title": {"text": "Loss after 5 steps"},
            "xaxis": {"title": {"text": "the loss"}},
        },
        "data": [{"x": ["Train", "fast"], "text": ["Train"], "name": "the loss"}],
    }
    chart.spec, chart.alt = json.dumps(spec), "Loss after 5 steps"
    put(message, GERMAN)
    made = json.loads(chart.spec)
    assert made["layout"]["title"]["text"] == chart.alt == "Verlust nach 5 Schritten"
    assert made["layout"]["xaxis"]["title"]["text"] == made["data"][0]["name"] == "der Verlust"
    assert made["layout"]["separators"] == ",."
    assert made["data"][0]["x"] == ["Train", "fast"]
    assert made["data"][0]["text"] == ["Train"]


def a_table(**columns: list) -> bytes:
    data = pa.Table.from_pandas(pd.DataFrame(columns))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, data.schema) as stream:
        stream.write_table(data)
    return sink.getvalue().to_pybytes()


def test_a_table_has_its_headings_and_the_cells_that_are_ours() -> None:
    """A phrase of ours, and single words where each of a column is; a token, a name, a text that
    somebody wrote is none, and an answer of a table that is filled in stays."""
    message, table = sent("dataframe")
    table.arrow_data.data = before = a_table(
        **{
            "the loss": [1.5, 0.25, 10.0],
            "Train": ["fast", "the loss", "the loss"],
            "token": ["fast", "the", "Train"],
            "one": ["fast", "fast", "fast"],
            "phrase": ["Loss after 1,200 steps", "Anna's loss", "·the"],
            "figure": ["0.25", "1,000.5", "the"],
            "fixed": [1.0, 2.0, 3.5],
        }
    )
    fixed = {"type_config": {"type": "number", "format": "%.3f"}}
    said = {"width": 40, "help": "How far a step goes."}
    table.columns = configured = json.dumps({"Train": said, "fixed": fixed})
    put(message, GERMAN)
    now = pa.ipc.open_stream(table.arrow_data.data).read_all().to_pydict()
    assert now["Train"] == ["schnell", "der Verlust", "der Verlust"]
    assert now["token"] == ["fast", "the", "Train"]
    assert now["one"] == ["fast"] * 3
    assert now["phrase"] == ["Verlust nach 1.200 Schritten", "Anna's loss", "·the"]
    assert now["figure"] == ["0.25", "1,000.5", "the"]
    assert now["the loss"] == [1.5, 0.25, 10.0]
    number, made = {"type": "number", "format": "localized"}, json.loads(table.columns)
    assert made["the loss"] == {"label": "der Verlust", "type_config": number | {"step": 0.01}}
    german = {"label": "Trainieren", "help": "Wie weit ein Schritt geht."}
    assert made["Train"] == said | german
    assert made["fixed"] == {"type_config": number | {"step": 0.001}}
    table.arrow_data.data, table.columns, table.editing_mode = before, configured, 1
    put(message, GERMAN)
    assert table.arrow_data.data == before
    assert "type_config" not in json.loads(table.columns)["the loss"]


def test_labels_of_a_chart_are_said_and_its_data_stay() -> None:
    message, chart = sent("vega_lite_chart")
    chart.data.data = before = a_table(series=["fast", "the loss"], token=["the", "fast"])
    colour = {"field": "series", "type": "nominal"}
    token = {"field": "token", "type": "nominal"}
    chart.spec = json.dumps({"encoding": {"color": colour, "x": token, "text": colour}})
    put(message, GERMAN)
    made = json.loads(chart.spec)
    said = made["encoding"]["color"]["legend"]["labelExpr"]
    assert said.startswith('datum.label == "fast" ? "schnell" : datum.label == "the loss"')
    assert said.endswith(": datum.label")
    assert made["encoding"]["x"] == token
    assert made["encoding"]["text"]["field"] == made["transform"][0]["as"] == "series (said)"
    assert made["config"]["locale"]["number"]["decimal"] == ","
    assert chart.data.data == before
    message, chart = sent("plotly_chart")
    trace = {"x": ["fast", "the loss"], "y": ["the", "fast"], "text": ["Loss after 5 steps", "a"]}
    chart.spec = json.dumps({"layout": {"yaxis": {"title": {"text": "Train"}}}, "data": [trace]})
    put(message, GERMAN)
    made = json.loads(chart.spec)
    assert made["layout"]["xaxis"]["labelalias"] == {"fast": "schnell", "the loss": "der Verlust"}
    assert made["layout"]["yaxis"] == {"title": {"text": "Trainieren"}}
    assert made["data"] == [trace | {"text": ["Verlust nach 5 Schritten", "a"]}]


def test_options_that_are_put_together_are_told_apart() -> None:
    message, choice = sent("selectbox")
    choice.options.extend(
        ["fast", "Train, Loss after 5 steps", "Anna, the loss", "the loss (fast)"]
    )
    before = list(choice.options)
    assert put(message, GERMAN) == {
        "Train, Loss after 5 steps": "Trainieren, Verlust nach 5 Schritten",
        "the loss (fast)": "der Verlust (schnell)",
    }
    assert list(choice.options) == before


def test_a_component_is_called_in_the_language_and_keeps_what_it_holds() -> None:
    message, component = sent("bidi_component")
    component.json = json.dumps({"label": "Learning rate", "tokens": [["Train"]]})
    put(message, GERMAN)
    assert json.loads(component.json) == {"label": "Lernrate", "tokens": [["Train"]]}
    message, component = sent("bidi_component")
    component.bytes = b"Train"
    put(message, GERMAN)
    assert component.bytes == b"Train"
    assert component.WhichOneof("data") == "bytes"


def test_lines_of_a_legend_are_said_where_each_is_ours() -> None:
    for names, said in (
        (["fast", "the loss"], ["schnell", "der Verlust"]),
        (["fast", "the loss", "Bob"], ["fast", "der Verlust", "Bob"]),
    ):
        message, chart = sent("plotly_chart")
        chart.spec = json.dumps({"data": [{"name": one} for one in names]})
        put(message, GERMAN)
        assert [one["name"] for one in json.loads(chart.spec)["data"]] == said


def test_the_words_of_a_formula_are_said_and_its_names_stay() -> None:
    message, shown = sent("markdown")
    shown.element_type = Markdown.LATEX
    shown.body = r"\text{loss } = \ln fast \cdot \text{fast}"
    put(message, GERMAN)
    assert shown.body == r"\text{Verlust } = \ln fast \cdot \text{fast}"

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
    put(message, GERMAN.say)
    assert (slider.label, slider.help) == ("Lernrate", "Wie weit ein Schritt geht.")
    assert slider.id == "fast"
    message, markdown = sent("markdown")
    markdown.body = "Loss after 1,200 steps: 0.25"
    put(message, GERMAN.say)
    assert markdown.body == "Verlust nach 1.200 Schritten: 0,25"
    message = ForwardMsg()
    message.delta.add_block.expandable.label = "Learning rate"
    page = message.navigation.app_pages.add()  # the kind of a message is one of several
    page.page_name, page.url_pathname = "Train", "train"
    put(message, GERMAN.say)
    assert (page.page_name, page.url_pathname) == ("Trainieren", "train")


def test_options_stay_as_the_browser_will_say_them() -> None:
    message, choice = sent("selectbox")
    choice.label = "Learning rate"
    choice.options.extend(["fast", "Train"])
    put(message, GERMAN.say)
    assert choice.label == "Lernrate"
    assert list(choice.options) == ["fast", "Train"]


def test_code_formulas_and_texts_of_others_stay() -> None:
    for kind, field in (("code", "code_text"), ("text", "body"), ("html", "body")):
        message, element = sent(kind)
        setattr(element, field, "Train" if kind != "html" else "<b>the loss</b>")
        before = getattr(element, field)
        put(message, GERMAN.say)
        assert getattr(element, field) == before
    message, formula = sent("markdown")
    formula.body, formula.element_type = "Train", Markdown.LATEX
    put(message, GERMAN.say)
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
    put(message, GERMAN.say)
    made = json.loads(chart.spec)
    assert made["layout"]["title"]["text"] == chart.alt == "Verlust nach 5 Schritten"
    assert made["layout"]["xaxis"]["title"]["text"] == made["data"][0]["name"] == "der Verlust"
    assert made["layout"]["separators"] == ",."
    assert made["data"][0]["x"] == ["Train", "fast"]
    assert made["data"][0]["text"] == ["Train"]


def test_a_table_has_its_headings_and_keeps_its_cells() -> None:
    message, table = sent("dataframe")
    data = pa.Table.from_pandas(pd.DataFrame({"the loss": [1.5], "Train": ["fast"], "other": [1]}))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, data.schema) as stream:
        stream.write_table(data)
    table.arrow_data.data = before = sink.getvalue().to_pybytes()
    table.columns = json.dumps({"Train": {"width": 40, "help": "How far a step goes."}})
    put(message, GERMAN.say)
    assert table.arrow_data.data == before
    assert json.loads(table.columns) == {
        "the loss": {"label": "der Verlust"},
        "Train": {"label": "Trainieren", "width": 40, "help": "Wie weit ein Schritt geht."},
    }


def test_a_component_is_called_in_the_language_and_keeps_what_it_holds() -> None:
    message, component = sent("bidi_component")
    component.json = json.dumps({"label": "Learning rate", "tokens": [["Train"]]})
    put(message, GERMAN.say)
    assert json.loads(component.json) == {"label": "Lernrate", "tokens": [["Train"]]}
    message, component = sent("bidi_component")
    component.bytes = b"Train"
    put(message, GERMAN.say)
    assert component.bytes == b"Train"
    assert component.WhichOneof("data") == "bytes"

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
    assert json.loads(table.columns)["the loss"] == {"label": "der Verlust"}
    # A column that is only read is said there too, and no other.
    table.columns = json.dumps({"phrase": {"disabled": True}})
    put(message, GERMAN)
    now = pa.ipc.open_stream(table.arrow_data.data).read_all().to_pydict()
    assert now["phrase"] == ["Verlust nach 1.200 Schritten", "Anna's loss", "·the"]
    assert now["Train"] == ["fast", "the loss", "the loss"]


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


def test_what_is_said_on_hovering_is_said_in_the_language() -> None:
    """Also a sentence that quotes somebody's words, and the name of a column; what a chart answers
    with stays."""
    message, chart = sent("plotly_chart")
    trace = {
        "customdata": [[3, "Loss after 5 steps"], [4, "the fast"]],
        "hovertext": ["Loss after Anna's 12 steps", "Anna: 0.25", "fast"],
    }
    chart.spec = json.dumps({"data": [trace, {"customdata": ["0.5 %", "12 %"]}]})
    put(message, GERMAN)
    said, figures = json.loads(chart.spec)["data"]
    assert said["customdata"] == [[3, "Verlust nach 5 Schritten"], [4, "the fast"]]
    assert said["hovertext"] == ["Verlust nach Anna's 12 Schritten", "Anna: 0.25", "fast"]
    assert figures["customdata"] == ["0,5 %", "12 %"]
    message, chart = sent("vega_lite_chart")
    tips = [{"field": "the loss", "type": "quantitative"}, {"field": "y", "title": "fast"}]
    chart.spec = json.dumps({"encoding": {"tooltip": [*tips, {"field": "token"}]}})
    put(message, GERMAN)
    tips = json.loads(chart.spec)["encoding"]["tooltip"]
    assert [one.get("title") for one in tips] == ["der Verlust", "schnell", None]


def test_days_along_an_axis_are_written_in_the_languages_way() -> None:
    message, chart = sent("plotly_chart")
    trace = {"x": ["2016-07-01T00:00:00", "2016-07-02"], "y": ["2016-07-01", "a"]}
    chart.spec = json.dumps({"data": [trace]})
    put(message, GERMAN)
    layout = json.loads(chart.spec)["layout"]
    assert layout["xaxis"]["tickformat"] == "%d.%m.%Y"
    assert "yaxis" not in layout


def test_notes_badges_shares_and_formulas_are_said_too() -> None:
    message, chart = sent("plotly_chart")
    notes = [{"text": one} for one in ("fast", "the loss", "1.50", ".25", "197 k")]
    chart.spec = json.dumps({"layout": {"annotations": notes}})
    put(message, GERMAN)
    said = [one["text"] for one in json.loads(chart.spec)["layout"]["annotations"]]
    assert said == ["schnell", "der Verlust", "1,50", ",25", "197 k"]
    message, badge = sent("markdown")
    badge.body = ":green-badge[fast]"
    put(message, GERMAN)
    assert badge.body == ":green-badge[schnell]"
    message, formula = sent("markdown")
    formula.element_type, formula.body = Markdown.LATEX, r"\frac{27.025}{1,234}\hspace{0.25em}x"
    put(message, GERMAN)
    assert formula.body == r"\frac{27{,}025}{1.234}\hspace{0.25em}x"
    message, choice = sent("button_group")
    choice.options.add().content = "k 8.9 %"
    assert put(message, GERMAN) == {"k 8.9 %": "k 8,9 %"}


def test_what_is_marked_as_ours_among_a_text_of_others_is_said_in_the_language() -> None:
    message, element = sent("html")
    element.body = (
        '<b title="Loss after 3 steps">fast</b> <i class="ours">fast</i> '
        '<span class="ours" style="opacity:0.9">.05</span> <span>.05</span>'
    )
    put(message, GERMAN)
    assert element.body == (
        '<b title="Verlust nach 3 Schritten">fast</b> <i class="ours">schnell</i> '
        '<span class="ours" style="opacity:0.9">,05</span> <span>.05</span>'
    )


def test_what_a_token_says_while_it_is_pointed_at_is_ours() -> None:
    message, element = sent("bidi_component")
    element.json = json.dumps({"label": "the loss", "tokens": [["fast", "Loss after 3 steps", 1]]})
    put(message, GERMAN)
    made = json.loads(element.json)
    assert made == {"label": "der Verlust", "tokens": [["fast", "Verlust nach 3 Schritten", 1]]}


def test_a_legend_is_ours_where_its_names_are_and_its_data_hold_others() -> None:
    message, chart = sent("vega_lite_chart")
    domain = ["Train", "fast"]
    color = {"field": "series", "type": "nominal", "scale": {"domain": domain}}
    chart.spec = json.dumps({"mark": "line", "encoding": {"color": color}})
    table = pa.table({"series": ["Train", "fast", "frame"]})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    chart.data.data = sink.getvalue().to_pybytes()
    put(message, GERMAN)
    told = json.loads(chart.spec)["encoding"]["color"]["legend"]["labelExpr"]
    assert '"schnell"' in told
    assert '"Trainieren"' in told


def test_figures_with_their_units_have_the_languages_signs() -> None:
    message, chart = sent("plotly_chart")
    bars = ["8.32 k (1 %)", "197 k (24 %)"]
    notes = [{"text": "● of the<br>.05"}, {"text": "3.5 of the"}]
    chart.spec = json.dumps({"data": [{"text": bars}], "layout": {"annotations": notes}})
    put(message, GERMAN)
    made = json.loads(chart.spec)
    assert made["data"][0]["text"] == ["8,32 k (1 %)", "197 k (24 %)"]
    assert [one["text"] for one in made["layout"]["annotations"]] == [
        "● of the<br>,05",
        "3.5 of the",
    ]


def test_the_state_of_a_run_is_ours_in_a_list_of_one() -> None:
    for name, there in (("State", "schnell"), ("Note", "fast")):
        message, shown = sent("dataframe")
        made = pa.table({name: ["fast"]})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, made.schema) as out:
            out.write_table(made)
        shown.arrow_data.data = sink.getvalue().to_pybytes()
        put(message, GERMAN)
        with pa.ipc.open_stream(shown.arrow_data.data) as stream:
            assert stream.read_all().column(0).to_pylist() == [there]

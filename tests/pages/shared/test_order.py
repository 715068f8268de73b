"""Words from right to left keep their order wherever a browser draws them by itself, and what
stands around them keeps its own. (That it is drawn so is seen by tests/browser/test_plain.py.)"""

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages._ui.shared import order
from tests.pages.shared.test_messages import a_table, sent

SAID = ["שלום: 12 %", "ends", None]
SHOWN = ["\u2068שלום: 12 %\u2069", "ends", None]
ROOT = Path(__file__).parents[3]


def cells(data: bytes) -> dict[str, list]:
    return pa.ipc.open_stream(data).read_all().to_pydict()


@pytest.mark.parametrize("escaped", [True, False])
def test_the_words_of_a_picture(escaped: bool) -> None:
    spec = {"data": [{"y": ["שלום"], "x": [0.5], "customdata": [[1, "at سلام 12"]]}]}
    message, chart = sent("plotly_chart")
    chart.spec = json.dumps(spec, ensure_ascii=escaped)
    order.keep(message)
    (trace,) = json.loads(chart.spec)["data"]
    assert trace == {
        "y": ["\u2068שלום\u2069"],
        "x": [0.5],
        "customdata": [[1, "at \u2068سلام\u2069 12"]],
    }
    message, chart = sent("vega_lite_chart")
    # What the picture compares its data with is marked as they are.
    chart.spec = json.dumps({"scale": {"domain": ["שלום"]}}, ensure_ascii=escaped)
    chart.datasets.add().data.data = a_table(run=["שלום", "a"], y=[1.0, 2.0])
    order.keep(message)
    (domain,) = json.loads(chart.spec)["scale"]["domain"]
    assert domain == "\u2068שלום\u2069"
    assert cells(chart.datasets[0].data.data)["run"] == [domain, "a"]


def test_the_cells_of_a_table_that_is_read() -> None:
    message, table = sent("dataframe")
    table.columns = json.dumps({"a": {"label": "שלום"}})
    table.arrow_data.data = before = a_table(a=SAID, b=[1.5, -2.0, 3e300])
    order.keep(message)
    assert cells(table.arrow_data.data) == {"a": SHOWN, "b": [1.5, -2.0, 3e300]}
    assert json.loads(table.columns)["a"]["label"] == "\u2068שלום\u2069"
    table.arrow_data.data, table.editing_mode = before, 1
    order.keep(message)
    assert table.arrow_data.data == before  # what is typed goes back as it is


def test_all_else_is_left_as_it_is() -> None:
    for kind, field, text in (
        ("plotly_chart", "spec", '{"data": [{"x": ["caf\\u00e9", "日本"]}]}'),
        ("vega_lite_chart", "spec", '{"title": "née"}'),
        ("markdown", "body", "שלום"),  # `plain` has marked it
        ("text_area", "default", "שלום"),
    ):
        message, element = sent(kind)
        setattr(element, field, text)
        order.keep(message)
        assert getattr(element, field) == text
    order.keep(ForwardMsg())


# How each script that shows words sets apart those from right to left: a page's own marks, or a
# style of what it makes.
MARKED = {
    "matrices_js/drawn.js": ("lm_core/charts/stack.py", "all_apart("),
    "matrices_js/views.js": ("lm_core/charts/stack.py", "all_apart("),
    "token_text.js": ("pages/_ui/shared/token_text.py", "unicode-bidi: plaintext"),
    "dragging.js": ("pages/_ui/boxes/dragging.py", "unicode-bidi: plaintext"),
    "everywhere.js": ("pages/_ui/shared/everywhere.css", "unicode-bidi: plaintext"),
}
OURS = {"painting.js"}  # shows sentences of ours alone
SHOWS = re.compile(r"fillText|strokeText|textContent = |nodeValue = |innerText|innerHTML")


def test_every_script_that_shows_words_sets_them_apart() -> None:
    found = {
        path.relative_to(path.parents[1 if path.parent.name.endswith("_js") else 0]).as_posix()
        for path in (ROOT / "pages").rglob("*.js")
        if SHOWS.search(path.read_text(encoding="utf-8"))
    }
    assert found == {*MARKED, *OURS}
    for where, how in MARKED.values():
        assert how in (ROOT / where).read_text(encoding="utf-8")

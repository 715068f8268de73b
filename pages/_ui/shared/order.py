"""Words from right to left in what a browser draws by itself: pictures, and the cells of tables.

No style and no tag reaches into these, so the words carry the marks of Unicode that end their
order (`lm_core.visible.apart`), put there on the way to the browser, after all keys and ids were
made. What is written with tags has them from `plain` and `safe`; a text that is typed or read
begins at its own side by everywhere.css.
"""

import json
import re
from typing import TYPE_CHECKING

from lm_core.json_files import dumps
from lm_core.visible import RIGHT, all_apart, apart

if TYPE_CHECKING:
    from google.protobuf.message import Message
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Whether JSON holds such words, as they are or as it escapes them.
_JSON = re.compile(
    rf"[{RIGHT}]|\\u(?:059|05[a-f]|0[678]|fb[1-9a-f]|f[cd]|fe[7-f]|d80[23]|d83[ab])",
    re.IGNORECASE,
)
# What may be the first two bytes of such a letter.
_BYTES = re.compile(rb"[\xd6-\xdf][\x80-\xbf]|\xe0[\xa0-\xa3]|\xef[\xac-\xbb]|\xf0[\x90\x9e]")


def keep(message: "ForwardMsg") -> None:
    """Words from right to left in a message keep their order, and those around them theirs."""
    if message.WhichOneof("type") != "delta" or message.delta.WhichOneof("type") != "new_element":
        return
    element = message.delta.new_element
    match element.WhichOneof("type"):
        case "plotly_chart":
            _marked(element.plotly_chart, "spec")
        case "vega_lite_chart":
            chart = element.vega_lite_chart
            _marked(chart, "spec")
            for data in (chart.data, *(one.data for one in chart.datasets)):
                _table(data, "data")
        case "dataframe":
            table = element.dataframe
            _marked(table, "columns")
            if not table.editing_mode:  # what is typed goes back as it is
                _table(table.arrow_data, "data")


def _marked(holder: "Message", field: str) -> None:
    text = getattr(holder, field)
    if _JSON.search(text):
        setattr(holder, field, dumps(all_apart(json.loads(text))))


def _table(holder: "Message", field: str) -> None:
    data = getattr(holder, field)
    if _BYTES.search(data):
        from pages._ui.shared.cells import changed

        setattr(holder, field, changed(data, lambda words, _: _differ(words)))


def _differ(words: list[str | None]) -> dict[str, str]:
    found = {one: apart(one) for one in words if isinstance(one, str)}
    return {one: there for one, there in found.items() if one != there}

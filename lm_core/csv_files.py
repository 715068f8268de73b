"""CSV for spreadsheets, and back.

A spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula and computes it,
whoever wrote the text, and takes a file without a mark for one of the machine's old encoding. So
a text cell of that kind gets an apostrophe, the spreadsheets' own sign for text, and the file
begins with the mark of UTF-8. Numbers stay numbers. `typed` takes the apostrophe off again.

    CSV injection: OWASP, https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# The full-width signs count as well where Chinese, Japanese or Korean is typed.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def csv_bytes(table: "pd.DataFrame") -> bytes:
    """The file of a table, without its index. Every CSV that a page gives comes from here."""
    from pandas.api.types import is_numeric_dtype

    safe = table.rename(columns=harmless)
    for place, kind in enumerate(safe.dtypes):
        if not is_numeric_dtype(kind):
            safe.isetitem(place, safe.iloc[:, place].map(harmless))
    return safe.to_csv(index=False).encode("utf-8-sig", "replace")


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """The file of rows of cells, the headings first, as text without the mark."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(
        [harmless(cell) for cell in row] for row in rows
    )
    return file.getvalue()


def harmless(cell: Any) -> Any:
    """`cell` as a spreadsheet shows it and never computes it; what is not text stays as it is."""
    return f"'{cell}" if isinstance(cell, str) and _computes(cell) else cell


def typed(cell: str) -> str:
    """A cell as it was before `harmless`."""
    return cell[1:] if cell.startswith("'") and _computes(cell[1:]) else cell


def _computes(cell: str) -> bool:
    return _FORMULA.match(cell) is not None and _NUMBER.fullmatch(cell) is None

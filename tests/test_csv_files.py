"""Tables leave as files that a spreadsheet opens rightly, and come back as they were."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.own import open_upload
from lm_core.csv_files import csv_bytes, harmless, typed

ROOT = Path(__file__).parents[1]
FORMULAS = ["=1+1", "+cmd", "-a", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=", "＝1", "'=1", "''-x"]

words = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
risky = st.builds(str.__add__, st.sampled_from(["=", "+", "-", "@", "'", "'=", "é"]), words)
cells = words | risky


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_computes(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert typed(harmless(cell)) == cell


@pytest.mark.parametrize("cell", ["-1", "+2.5", "-1e-9", "-.5", 3, -0.5, None, True, "a=b", "'tis"])
def test_numbers_and_harmless_text_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) is cell


@given(cells)
def test_every_cell_comes_back(cell: str) -> None:
    assert typed(harmless(cell)) == cell


@given(st.lists(st.tuples(cells, st.integers(), st.floats()), min_size=1, max_size=6), risky)
def test_our_own_reader_takes_a_table_back(rows: list[tuple], heading: str) -> None:
    table = pd.DataFrame([*rows, *[("word", -1, -0.5)] * len(rows)], columns=[heading, "n", "-x"])
    data = csv_bytes(table)
    assert data.startswith(b"\xef\xbb\xbf")  # by this a spreadsheet knows UTF-8
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert not any(re.match("[=+@-](?![\\d.i])", cell) for line in lines for cell in line)
    assert [int(line[1]) for line in lines[1:]] == list(table["n"])
    opened = open_upload("table.csv", data).table
    flat = [" ".join(cell.split()) for cell in table[heading]]
    (name,) = opened.columns(heading=True)
    assert name == " ".join(heading.split())
    assert opened.text(name, heading=True)[0].split("\n") == [cell for cell in flat if cell]


def test_every_csv_of_a_page_comes_from_here() -> None:
    """But for the curve of a run, which holds numbers alone and is the command line's `log.csv`;
    one's own labelled texts and the class board, which `csv_text` has written."""
    making = re.compile(r"\.to_csv\(|csv\.writer|text/csv")
    files = [path for part in ("lm_core", "pages") for path in (ROOT / part).rglob("*.py")]
    found = {
        str(path.relative_to(ROOT)) for path in files if making.search(path.read_text("utf-8"))
    }
    shared = "pages/_ui/shared"
    ours = {f"{shared}/tables.py", f"{shared}/own_texts.py", "pages/_ui/train/downloads.py"}
    ours |= {"pages/_ui/teacher/board.py"}
    assert found == {"lm_core/csv_files.py"} | ours

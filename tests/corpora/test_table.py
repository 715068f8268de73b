"""CSV tables: the right column, or one sentence that says how to mend the table."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora import table
from lm_core.corpora.table import MAX_COLUMNS, parse_table
from lm_core.csv_files import typed
from lm_core.errors import BadText

TABLE = 'id,name,remark\n1,Emma,she sings\n2,Ava,\n3,Mia,he said "no"\n'

cells = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)


def read(text: str, column: str | None = None, heading: bool | None = None) -> list[str]:
    """The cells of a column."""
    return parse_table(text).text(column, heading)[0].split("\n")


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    rows = [*rows, ["word", "word", "word"]]  # every column has some
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([["one", "two", "three"], *rows])
    table = parse_table(written.getvalue())
    for i, name in enumerate(["one", "two", "three"]):
        flat = [" ".join(row[i].split()) for row in rows]
        if name in table.columns(heading=True):
            filled = [typed(cell) for cell in flat if cell]
            assert table.text(name, heading=True)[0].split("\n") == filled


@given(st.text(alphabet="ab1,;\t|\"\n \\='", max_size=60), st.none() | st.booleans())
def test_any_text_gives_a_column_or_a_sentence(text: str, heading: bool | None) -> None:
    sentence = ""
    try:
        words, column, note = parse_table(text).text(None, heading)
    except BadText as error:
        sentence = str(error)
    if sentence:
        assert sentence.endswith(".")
        return
    assert words.strip()
    assert column
    assert note.endswith(".")


def test_a_column_becomes_one_cell_a_line_without_the_empty_ones() -> None:
    assert read(TABLE, "name") == ["Emma", "Ava", "Mia"]
    assert read(TABLE, "remark") == ["she sings", 'he said "no"']


def test_only_columns_with_words_are_offered() -> None:
    assert parse_table(TABLE).columns() == ["name", "remark"]


def test_the_only_column_of_words_needs_no_choosing() -> None:
    assert parse_table("year;name\n1790;Emma\n1791;Ava\n").text(None)[:2] == ("Emma\nAva", "name")


def test_a_choice_is_asked_for_when_there_is_one() -> None:
    with pytest.raises(BadText, match="Choose the column to read: name, remark"):
        read(TABLE)


@pytest.mark.parametrize("column", ["nmae", "id"])
def test_a_column_that_is_not_there_or_holds_numbers_is_refused(column: str) -> None:
    with pytest.raises(BadText, match=f"no column of text named '{column}'"):
        read(TABLE, column)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found(mark: str) -> None:
    table = parse_table(f'"last, first"{mark}age\n"Smith; John"{mark}5\n')
    assert table.first == ("last, first", "age")
    assert table.text(None)[0] == "Smith; John"


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;\r", "\ufeffsep=;"])
def test_a_line_that_names_the_separator_is_believed_and_is_no_heading(line: str) -> None:
    text = f"{line}\nname;greeting\nEmma;hello, you\nAva;good, thanks\n".replace("\r\n", "\n")
    assert parse_table(text).columns() == ["name", "greeting"]
    assert read(text, "greeting") == ["hello, you", "good, thanks"]
    with pytest.raises(BadText, match="Line 4 of this CSV has 3 cells"):
        parse_table("sep=;\nname;age\nEmma;1\nAva;2;3\n")


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("heading", ["name", "name{0}", "name{0}{0}"])
@pytest.mark.parametrize("row", ["{1}{0}", "{1}{0}{0}"])
def test_separators_at_the_ends_of_lines_part_no_cells(mark: str, heading: str, row: str) -> None:
    lines = [heading.format(mark), *(row.format(mark, name) for name in ("Emma", "Ava", "Mia"))]
    assert read("\n".join(lines)) == ["Emma", "Ava", "Mia"]


SENTENCES = ["Hello, world", "I came, I saw, I won", "plain", "yes; no, maybe", 'He said "no"']


@pytest.mark.parametrize("heading", [["text"], []])
@pytest.mark.parametrize("more", [[], ['"No," he said.'], ["a\tb"]])
def test_a_list_is_read_line_by_line_whatever_signs_are_in_it(
    heading: list[str], more: list[str]
) -> None:
    table = parse_table("\n".join([*heading, *SENTENCES, *more]))
    lines = [" ".join(line.split()) for line in SENTENCES + more]
    assert table.text(None)[0].split("\n") == lines
    assert table.heading == bool(heading)
    assert "Each line was read as one text, commas and all." in table.note


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("Emma\nAva\nMia\n", False),  # a list without a heading keeps its first name
        ("name\nEmma\nAva\n", True),
        ("first_name\nemma\nava\n", True),
        ("Vorname\nEmma\nAva\n", True),
        ("pupils\nEmma\nAva\n", True),  # small letters over capitals
        ("emma\nava\nmia\n", False),
        ("headline\n" + "A long sentence of many words that no heading would have.\n" * 3, True),
        ("Emma,1\nAva,2\n", False),  # a number over numbers
        ("who,count\nEmma,1\nAva,2\n", True),  # a word over numbers
        ("good,fine day\nbad,grey day\ngood,warm day\n", False),  # comes again below
        ("mood,text\ngood,fine day\nbad,grey day\n", True),
        (",name\n0,Emma\n1,Ava\n", True),  # as pandas writes its index
    ],
)
def test_what_the_first_line_is_taken_for_is_told_and_can_be_overruled(
    text: str, heading: bool
) -> None:
    table = parse_table(text)
    assert table.heading == heading
    last = table.columns()[-1]
    _, _, note = table.text(last)
    assert ("is the heading" if heading else "was read as text") in note
    for chosen in (True, False):
        cells, _, note = table.text(table.columns(chosen)[-1], chosen)
        assert len(cells.split("\n")) == text.count("\n") - chosen
        assert ("is the heading" if chosen else "was read as text") in note


def test_columns_without_a_heading_are_numbered() -> None:
    table = parse_table("Emma,sings\nAva,hums\nEmma,plays\n")
    assert table.columns() == ["column 1", "column 2"]
    assert table.columns(heading=True) == ["Emma", "sings"]


def test_line_breaks_inside_a_cell_become_spaces() -> None:
    assert read('poem\n"one\ntwo"\nthree\n') == ["one two", "three"]


def test_headings_are_made_distinct() -> None:
    table = parse_table("name, name ,,\na,b,c,d\n")
    assert table.columns() == ["name", "name (2)", "column 3", "column 4"]


@pytest.mark.parametrize("row", ["2", "2,Ava,sings,loud"])
def test_ragged_rows_are_named_by_line(row: str) -> None:
    mend = "put quotes around .* or save a list as .txt" if len(row) > 1 else "fill it up"
    with pytest.raises(
        BadText, match=rf"Line 4 of this CSV has \d cells? where the first row has 3: {mend}"
    ):
        parse_table(f"id,name,remark\n\n1,Emma,sings\n{row}\n")


def test_unclosed_quotes_are_refused() -> None:
    with pytest.raises(BadText, match="close its quotes"):
        parse_table('a,b\n1,"two\n3,four\n')


def test_a_huge_cell_is_refused() -> None:
    with pytest.raises(BadText, match=r"keep cells under 131,000 characters"):
        parse_table("a,b\n1," + "x" * 140_000)


def test_a_table_that_is_too_wide_is_refused() -> None:
    row = ",".join(["a"] * (MAX_COLUMNS + 1))
    with pytest.raises(BadText, match="201 columns and 200 is the most"):
        parse_table(f"{row}\n{row}\n")


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,4\n", "a,b\n,2\n", "n\n12:30\n"])
def test_a_table_without_words_is_refused(text: str) -> None:
    with pytest.raises(BadText, match="No column of this CSV holds words"):
        parse_table(text)


@pytest.mark.parametrize("text", ["name\n", "a,b", "\n\n", " , \n"])
def test_a_table_without_rows_is_refused(text: str) -> None:
    with pytest.raises(BadText, match="no rows under its headings"):
        parse_table(text)


def test_how_far_a_table_is_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_PORTION", 10)
    text = "n,line,colour\n" + "\n".join(f'{i},"a good line, or so",red' for i in range(95))
    told: list[tuple[int, int]] = []
    read = parse_table(text, progress=lambda *one: told.append(one))
    assert read == parse_table(text)
    so_far = [n for n, _ in told]
    assert so_far == sorted(so_far)
    assert {total for _, total in told} == {len(text)}
    assert so_far[9] == len(text) // 2  # all rows of it, and then the cells of two columns
    assert (len(so_far), so_far[-1]) == (10 + 2 * 10, len(text))

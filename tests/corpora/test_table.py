"""CSV tables: the right column, or one sentence that says how to mend the table."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.table import MAX_COLUMNS, column_text, parse_table, text_columns
from lm_core.errors import BadText

TABLE = 'id,name,remark\n1,Emma,she sings\n2,Ava,\n3,Mia,he said "no"\n'

cells = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return
    assert parse_table(written.getvalue()) == (["a", "b", "c"], filled)


@given(st.text(alphabet='ab1,;\t|"\n \\', max_size=60))
def test_any_text_gives_a_column_or_a_sentence(text: str) -> None:
    sentence = ""
    try:
        words, column = column_text(text, None)
    except BadText as error:
        sentence = str(error)
    if sentence:
        assert sentence.endswith(".")
        return
    assert words.strip()
    assert column


def test_a_column_becomes_one_cell_a_line_without_the_empty_ones() -> None:
    assert column_text(TABLE, "name") == ("Emma\nAva\nMia", "name")
    assert column_text(TABLE, "remark") == ('she sings\nhe said "no"', "remark")


def test_only_columns_with_words_are_offered() -> None:
    assert text_columns(*parse_table(TABLE)) == ["name", "remark"]


def test_the_only_column_of_words_needs_no_choosing() -> None:
    assert column_text("year;name\n1790;Emma\n1791;Ava\n", None) == ("Emma\nAva", "name")


def test_a_choice_is_asked_for_when_there_is_one() -> None:
    with pytest.raises(BadText, match="Choose the column to read: name, remark"):
        column_text(TABLE, None)


@pytest.mark.parametrize("column", ["nmae", "id"])
def test_a_column_that_is_not_there_or_holds_numbers_is_refused(column: str) -> None:
    with pytest.raises(BadText, match=f"no column of text named '{column}'"):
        column_text(TABLE, column)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_separator_is_found(mark: str) -> None:
    headings, rows = parse_table(f'"last, first"{mark}age\n"Smith; John"{mark}5\n')
    assert headings == ["last, first", "age"]
    assert rows == [["Smith; John", "5"]]


def test_a_list_of_one_column_is_a_table_too() -> None:
    assert column_text("name\nEmma\nAva\n", None) == ("Emma\nAva", "name")


def test_line_breaks_inside_a_cell_become_spaces() -> None:
    assert column_text('poem\n"one\ntwo"\nthree\n', None)[0] == "one two\nthree"


def test_headings_are_made_distinct() -> None:
    headings, _ = parse_table("name, name ,,\na,b,c,d\n")
    assert headings == ["name", "name (2)", "column 3", "column 4"]


@pytest.mark.parametrize("row", ["2", "2,Ava,sings,loud"])
def test_ragged_rows_are_named_by_line(row: str) -> None:
    with pytest.raises(
        BadText, match=r"Line 4 of this CSV has \d cells? where the first row has 3"
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
        column_text(text, None)


@pytest.mark.parametrize("text", ["name\n", "a,b", "\n\n", " , \n"])
def test_a_table_without_rows_is_refused(text: str) -> None:
    with pytest.raises(BadText, match="no rows under its headings"):
        parse_table(text)

from lm_core.corpora.duplicates import repeated


def test_what_comes_twice_is_counted_but_for_capitals_and_blanks() -> None:
    table, copies, texts = repeated(["One two", "three", " one  TWO ", "", "One two"])
    assert table.to_numpy().tolist() == [["One two", 3]]
    assert (copies, texts) == (2, 4)
    table, copies, texts = repeated([])
    assert table.empty
    assert (copies, texts) == (0, 0)

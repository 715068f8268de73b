"""Words of a table are made readable where they are not; most tables are shown as they are."""

import pandas as pd

from pages._ui.shared.tables import readable_words


def test_a_table_that_can_be_read_is_itself() -> None:
    table = pd.DataFrame({"word": ["a\nb", None], "n": [1, 2], "mixed": [1.5, "ü"]})
    assert readable_words(table) is table


def test_only_a_column_with_what_cannot_be_read_is_changed() -> None:
    table = pd.DataFrame({"word": ["a\u202eb", None, "c"], "other": ["x", "y", "z"], "n": range(3)})
    shown = readable_words(table)
    assert shown["word"].tolist()[::2] == ["a⟨202E⟩b", "c"]
    assert shown["word"].isna().tolist() == [False, True, False]
    assert shown.drop(columns="word").equals(table.drop(columns="word"))
    assert table["word"][0] == "a\u202eb"  # the download has it as it is

"""wikitext-2 by the standard protocol, on small files of the same make."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lm_core.corpora import is_ready, load_corpus, wikitext
from lm_core.corpora.fetching import download_folder
from lm_core.corpora.wikitext import standard_tokens
from lm_core.errors import CorpusUnavailable

# As the data set has them: an empty row for an empty line, else the line with its newline.
ROWS = {
    "train": ["", " = Robert <unk> = \n", "", " He said @-@ once . \n"],
    "validation": ["", " = A tale = \n"],
    "test": [" once <unk> . \n"],
}
TOKENS = {"train": 13, "validation": 6, "test": 4}
TYPES = 11  # = Robert <unk> He said @-@ once . A tale <eos>


def parquet(rows: list[str]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"text": rows}), sink)
    return sink.getvalue().to_pybytes()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikitext, "TOKENS", TOKENS)
    monkeypatch.setattr(wikitext, "TYPES", TYPES)


@pytest.fixture
def served(server: Any) -> Any:
    for split, rows in ROWS.items():
        server.files[f"/wikitext-2/{split}-00000-of-00001.parquet"] = parquet(rows)
    return server


def test_the_tokens_are_words_and_an_eos_for_every_line() -> None:
    assert standard_tokens("\n= A =\n\nb <unk>\n") == (
        ["<eos>", "=", "A", "=", "<eos>", "<eos>", "b", "<unk>", "<eos>"]
    )


def test_the_parquet_files_become_one_text_a_split(served: Any) -> None:
    assert not is_ready("wikitext-2")
    corpus = load_corpus("wikitext-2")
    assert corpus.splits["train"] == ["\n= Robert <unk> =\n\nHe said @-@ once .\n"]
    assert corpus.splits["test"] == ["once <unk> .\n"]
    assert is_ready("wikitext-2")
    assert len(served.asked) == 3


@pytest.mark.parametrize("folder", ["", "wikitext-2"])
def test_the_older_token_files_give_the_same_text(
    folder: str, served: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = load_corpus("wikitext-2")
    data = tmp_path / "data"
    (data / folder).mkdir(parents=True)
    for split, short in (("train", "train"), ("validation", "valid"), ("test", "test")):
        lines = "".join(row or " \n" for row in ROWS[split])
        (data / folder / f"wiki.{short}.tokens").write_text(lines, encoding="utf-8")
    monkeypatch.setenv("LM_LAB_DATA", str(data))
    assert load_corpus("wikitext-2").splits == fetched.splits


def test_other_counts_are_refused_and_the_download_thrown_away(
    served: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wikitext, "TOKENS", TOKENS | {"validation": 217_646})
    with pytest.raises(CorpusUnavailable, match=r"6 tokens instead of 217,646.*thrown away"):
        load_corpus("wikitext-2")
    assert not download_folder("wikitext-2").exists()


def test_another_number_of_types_is_refused(served: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikitext, "TYPES", 33_278)
    with pytest.raises(CorpusUnavailable, match="11 different tokens instead of 33,278"):
        load_corpus("wikitext-2")


@pytest.mark.parametrize(
    "data", [b"not a parquet file", b"", parquet(["x"])[:-9], b"PAR1" + bytes(40) + b"PAR1"]
)
def test_a_file_that_cannot_be_read_is_refused(data: bytes, served: Any) -> None:
    served.files["/wikitext-2/test-00000-of-00001.parquet"] = data
    with pytest.raises(CorpusUnavailable, match="cannot be read"):
        load_corpus("wikitext-2")
    assert not is_ready("wikitext-2")


@pytest.mark.parametrize("table", [{"other": ["x"]}, {"text": [1]}, {"text": [None]}])
def test_a_foreign_table_supplied_by_hand_is_refused_and_left_alone(
    table: dict[str, list], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for split in ROWS:
        pq.write_table(pa.table(table), tmp_path / f"{split}-00000-of-00001.parquet")
    monkeypatch.setenv("LM_LAB_DATA", str(tmp_path))
    with pytest.raises(CorpusUnavailable, match="in the folder LM_LAB_DATA is not the published"):
        load_corpus("wikitext-2")
    assert len(list(tmp_path.glob("*.parquet"))) == 3


def test_the_published_counts_are_the_standard_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert wikitext.TOKENS == {"train": 2_088_628, "validation": 217_646, "test": 245_569}
    assert wikitext.TYPES == 33_278

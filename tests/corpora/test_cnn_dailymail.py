"""Articles with summaries, by download and of one's own, and a GPT-2 of somebody else's on them."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.checkpoints import load_checkpoint
from lm_core.cli import main
from lm_core.corpora import SPLITS, cnn_dailymail, is_ready, load_corpus
from lm_core.corpora.fetching import download_folder
from lm_core.corpora.own import OwnText, open_upload, read_file
from lm_core.corpora.own_kind import corpus_of, guess_kind
from lm_core.corpora.own_summaries import MARK, parted, summarised
from lm_core.csv_files import csv_text
from lm_core.errors import BadText, CorpusUnavailable
from lm_core.evaluation.written import LEAD_3, baselines, means, passages, written
from lm_core.generation import SamplerSettings
from tests.foreign.models import bare

NEWS = [
    f"Ship {k} is lost.  It sank at {k}. All {k} live. Rain fell.\nMore came." for k in range(9)
]
TOLD = [f"Ship {k} sinks .\nAll are alive ." for k in range(9)]


def parquet(articles: list[Any], **other: list[Any]) -> bytes:
    sink = pa.BufferOutputStream()
    told = TOLD[: len(articles)]
    pq.write_table(pa.table(other or {"article": articles, "highlights": told}), sink)
    return sink.getvalue().to_pybytes()


@pytest.fixture
def served(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(cnn_dailymail, "ARTICLES", {"validation": 9, "test": 2})
    monkeypatch.setattr(cnn_dailymail, "HELD_OUT", 3)
    for split, articles in (("validation", NEWS), ("test", NEWS[:2])):
        server.files[f"/cnn-dailymail/{split}-00000-of-00001.parquet"] = parquet(articles)
    return server


def test_a_document_is_an_article_and_its_summary(served: Any) -> None:
    assert not is_ready("cnn-dailymail")
    corpus = load_corpus("cnn-dailymail")
    assert corpus.splits["test"][1] == (
        "Ship 1 is lost. It sank at 1. All 1 live. Rain fell. More came.\n"
        "TL;DR: Ship 1 sinks . All are alive ."
    )
    # Four of the six that are not held back: two of them test.
    assert [len(corpus.splits[s]) for s in ("train", "validation", "test")] == [4, 3, 2]
    assert is_ready("cnn-dailymail")
    assert len(served.asked) == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (parquet(NEWS[:5]), "5 articles instead of 9"),
        (parquet([], text=["x"]), "cannot be read"),
        (b"no parquet", "cannot be read"),
    ],
)
def test_another_file_is_refused_and_thrown_away(served: Any, data: bytes, why: str) -> None:
    served.files["/cnn-dailymail/validation-00000-of-00001.parquet"] = data
    with pytest.raises(CorpusUnavailable, match=f"{why}.*thrown away"):
        load_corpus("cnn-dailymail")
    assert not download_folder("cnn-dailymail").exists()


def test_where_it_is_asked_for_is_a_named_revision() -> None:
    for file in cnn_dailymail.FILES.values():
        assert "/abisee/cnn_dailymail/resolve/96df5e686bee6baa90b8bee7c28b81fa3fa6223d/" in file.url


words = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30)


@given(words, words)
def test_what_is_put_together_comes_apart(article: str, summary: str) -> None:
    assert parted(summarised(article, summary)) == (article, summary)


def test_a_table_of_ones_own_is_such_a_text(tmp_path: Path) -> None:
    rows = [("id", "Summary", "article"), *((k, TOLD[k], NEWS[k]) for k in range(9))]
    data = csv_text([*rows, (9, "", "no summary")]).encode()
    own = open_upload("news.csv", data)
    assert isinstance(own, OwnText)
    assert own.text.count(f"\n{MARK} ") == 9
    assert "Left out: 1 row without one of them" in own.note
    guess = guess_kind(data.decode())
    assert (guess.kind, guess.why[-19:]) == ("text", "article and summary")
    (tmp_path / "news.csv").write_bytes(data)
    assert read_file(tmp_path / "news.csv").text == own.text
    pasted = corpus_of("text", data.decode(), title="news")
    assert "".join(pasted.splits[s][0] for s in SPLITS if pasted.splits[s]) == own.text
    with pytest.raises(BadText, match="fill both columns"):
        open_upload("news.csv", b"article,summary\nx,\n,y\n")


def test_lead_3_is_the_beginning_of_the_article_and_the_summary_is_what_is_guessed() -> None:
    text = "\n\n".join(map(summarised, NEWS, TOLD))
    some = passages([text], 4)
    for one in some:
        assert one.prompt == f"{one.article}\n{MARK}"
        assert one.reference.startswith(one.article[:6])
    lead = [piece.text for piece in baselines(some) if piece.who == LEAD_3]
    assert all(said.startswith("Ship") and said.endswith("live.") for said in lead)
    assert passages(text.split("\n\n"), 4) == some  # a document each, as the download has them


def test_somebody_elses_gpt2_is_tuned_on_summaries_and_writes_them(tmp_path: Path, capsys) -> None:
    bare(tmp_path / "theirs")
    table = tmp_path / "news.csv"
    table.write_text(csv_text([("article", "summary"), *zip(NEWS, TOLD, strict=True)]))
    out = tmp_path / "tuned"
    command = ["train", "--corpus", str(table), "--model", "transformer", "--steps", "2"]
    command += ["--start", str(tmp_path / "theirs"), "--set", "start.method=lora"]
    assert main([*command, "--set", "start.rank=2", "--out", str(out), "--json"]) == 0
    saved = load_checkpoint(out)
    given = passages([read_file(table).text], 3)
    options = {"sampler": SamplerSettings(temperature=0.5), "max_tokens": 6, "shots": (0, 1)}
    pieces = list(written(saved.model, saved.tokenizer, given, given[:1], **options))
    assert len(pieces) == 6
    # An article longer than the context keeps its beginning, the mark, and room to write.
    assert {one.seen for one in pieces} == {24 - 6}
    assert all("\n" not in one.text for one in pieces)
    found = means([*baselines(given), *pieces])
    assert (found[0].who, found[0].shots) == (LEAD_3, 0)
    assert all(0 <= one.scores["rouge1"].f1 <= 1 for one in found)

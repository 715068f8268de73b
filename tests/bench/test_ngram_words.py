"""The bench of the large vocabulary, on a small one."""

import subprocess
import sys
from pathlib import Path

import pytest

from lm_core.bench.ngram_words import bench_words, measure, peak_memory
from lm_core.corpora.corpus import Corpus, CorpusInfo
from tests.tiny import TEXT


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    info = CorpusInfo(name="speeches", title="Small", licence="ours", source="tests")
    splits = {"train": [TEXT] * 3, "validation": [TEXT] * 2, "test": [TEXT] * 2}
    corpus = Corpus(info, splits)
    monkeypatch.setattr("lm_core.corpora.load.load_corpus", lambda name: corpus)


def test_every_figure_is_measured(small: None) -> None:
    found = measure()
    assert 0 < found["nats"] < 1  # the very text that was counted
    assert min(found["fit"], found["score"], found["next"]) > 0
    assert found["about"]["scored_tokens"] > 300
    assert found["memory"] is None or 0.1 < found["memory"] < 100  # GB; Windows says nothing


def test_the_rows_come_from_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import json; print(json.dumps({'nats': 5.0, 'fit': 2.0, 'score': 0.5, 'next': 1.0, "
        "'memory': None, 'about': {'order': 5}}))"
    )
    monkeypatch.setattr("lm_core.bench.ngram_words.CODE", code)
    rows = bench_words()
    assert [row.name for row in rows] == [
        f"ngram_words_5_{what}" for what in ("nats", "fit", "score", "next")
    ]
    assert rows[1].value == 2.0
    assert rows[1].settings == {"order": 5}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux says so exactly")
def test_the_memory_is_that_of_the_process_and_not_of_the_one_before() -> None:
    held = bytearray(300_000_000)  # by this process, which starts the other
    code = "from lm_core.bench.ngram_words import peak_memory; print(peak_memory())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0.005 < float(done.stdout) < 0.2
    assert peak_memory() >= len(held) / 1e9

"""What makes a machine ready, and the sentence where it is not."""

import math
import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from lm_core.corpora import load
from lm_core.errors import CorpusUnavailable
from lm_core.runs import readiness
from lm_core.runs.dispatch import NEEDED
from lm_core.runs.quota import FREE

SHIPPED = Path(__file__).parents[2] / "checkpoints"


def test_texts_that_ship_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr(load, "load_corpus", read.append)
    assert readiness.texts().good
    assert {"names", "speeches"} <= set(read)
    assert "tiny-shakespeare" not in read

    def refuse(name: str) -> None:
        raise CorpusUnavailable(f"{name} is damaged.")

    monkeypatch.setattr(load, "load_corpus", refuse)
    line = readiness.texts()
    assert line.good is False
    assert "names is damaged. " in line.said


def test_models_load_or_are_named(tmp_path: Path) -> None:
    assert readiness.models(tmp_path).good is False
    shutil.copytree(SHIPPED / "names-bigram", tmp_path / "a")
    assert readiness.models(tmp_path) == readiness.Line(
        "Models", True, "All 1 models that ship were loaded."
    )
    (tmp_path / "a" / "model.safetensors").write_bytes(b"no")
    line = readiness.models(tmp_path)
    assert line.good is False
    assert "model.safetensors in a is damaged" in line.said


def test_memory_and_disk_are_held_against_what_a_run_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert readiness.memory(int(2 * NEEDED), 2).good
    short = readiness.memory(int(2 * NEEDED) - 1, 2)
    assert short.good is False
    assert "LM_LAB_WORKERS" in short.said
    assert readiness.memory(None, 2).good is None
    Usage = namedtuple("Usage", "free")
    for free, good in ((FREE - 1, False), (FREE, None), (1e15, True)):
        monkeypatch.setattr(shutil, "disk_usage", lambda path, free=free: Usage(free))
        assert readiness.disk(tmp_path).good is good


@pytest.mark.parametrize(
    ("nats", "good"), [(2.2, True), (math.log(27), False), (None, False), (math.nan, False)]
)
def test_a_training_came_to_a_figure_below_guessing(nats: float | None, good: bool) -> None:
    line = readiness.trained(nats, 27, 100, "It was cut off.")
    assert line.good is good
    assert ("It was cut off." in line.said) == (nats is None or math.isnan(nats))

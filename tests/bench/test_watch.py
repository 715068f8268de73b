"""What there is to see of a run is counted from its events."""

from contextlib import nullcontext

import pytest

from lm_core.bench import LONG, watch
from lm_core.models import models


def test_evaluations_and_samples_of_a_run_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SECONDS", 1.0)
    monkeypatch.setattr(watch, "TEXTS", ("names",))
    monkeypatch.setattr(watch, "busy_process", nullcontext)
    monkeypatch.setattr(models, "names", lambda: ["bigram", "mlp", "rnn-translator"])
    results = {result.name: result for result in watch.bench_watch()}
    assert list(results) == [
        f"watch_names_{family}_{world}"
        for family in ("bigram", "mlp")
        for world in ("quiet", "busy")
    ]
    for result in results.values():
        assert result.value >= 2  # the first step and the end, however slow this machine is
        assert 2 <= result.settings["samples"] <= result.value
        assert 0 < result.settings["tokens_scored"] <= result.settings["and_in_the_end"]
    assert results["watch_names_bigram_quiet"].value == 20
    assert "watch" in LONG

"""A text that is not here is downloaded with a progress bar, on standard error alone."""

import time

import pytest

from lm_core.commands import fetch
from lm_core.corpora import load


def test_the_bar_follows_the_download(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def slowly(name: str, *, progress) -> None:
        for done in range(0, 1001, 100):
            time.sleep(0.06)
            progress(done, 1000)

    monkeypatch.setattr(load, "is_ready", lambda name: False)
    monkeypatch.setattr(load, "load_corpus", slowly)
    fetch("tiny-shakespeare")
    out, shown = capsys.readouterr()
    assert out == ""
    assert "tiny-shakespeare" in shown
    assert "1.00k" in shown


@pytest.mark.parametrize("here", ["names", "own", "file"])
def test_what_is_here_is_not_fetched(here: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "load_corpus", lambda *a, **k: pytest.fail("it was fetched"))
    fetch(here)

"""The ladder is measured by the recipes that the lab gives, on real text, and says so."""

import pytest

from lm_core.bench import LONG, PARTS, quality
from lm_core.models import models


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path))
    monkeypatch.setattr(quality, "NAMES_SECONDS", 0.2)
    monkeypatch.setattr(quality, "TEXT_SECONDS", 0.2)


def test_it_is_measured_by_name_only() -> None:
    assert "quality" in LONG
    assert "quality" not in PARTS
    assert set(models.names()) >= set(quality.NAMES)


def test_a_family_is_scored_on_all_of_the_validation_names(quick) -> None:
    row = quality._names("names", "ngram")
    assert row.name == "names_ngram"
    assert 1.8 < row.value < 2.1
    assert row.settings["tokens"] > 180_000  # all names but the thousand held out
    assert row.settings["corpus"] == "names"


@pytest.mark.slow
def test_the_mixture_is_shown_beside_its_parts(quick) -> None:
    rows = {row.name: row.value for row in quality._mixed("names")}
    assert list(rows) == ["names_mixture", "names_mixture_ngram", "names_mixture_transformer"]
    assert rows["names_mixture"] <= min(rows.values()) + 1e-6

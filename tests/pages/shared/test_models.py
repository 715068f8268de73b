"""What models are offered is asked at every run, their cards are read once."""

import os
from pathlib import Path
from shutil import copytree

import pytest

from lm_core import checkpoints
from lm_core.errors import BadCheckpoint
from pages._ui.shared import models


def test_a_card_is_read_again_where_it_was_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, read, asked = tmp_path / "model", checkpoints.read_meta, []
    with pytest.raises(BadCheckpoint):
        models._card(folder)
    copytree(models.SHIPPED / "names-bigram", folder)
    monkeypatch.setattr(checkpoints, "read_meta", lambda of: asked.append(of) or read(of))
    assert models._card(folder) is models._card(folder)
    assert models._card(folder) == read(folder)
    assert len(asked) == 1
    os.utime(folder / "meta.json", ns=(0, 0))
    models._card(folder)
    assert len(asked) == 2
    (folder / "meta.json").unlink()
    with pytest.raises(BadCheckpoint):
        models._card(folder)

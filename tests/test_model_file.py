"""A model as a file: there and back, in a fresh home by the lines that the page shows, and files of
a stranger's making, which are refused in a sentence."""

import contextlib
import io
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lm_core import model_file
from lm_core.checkpoints import load_checkpoint
from lm_core.errors import BadCheckpoint, BadText, LabError, Unsupported
from lm_core.generation import write_text
from lm_core.model_file import FILES, open_model, pack, unpack, write
from pages._ui.train.downloads import in_python

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "checkpoints"
SMALL = SHIPPED / "names-neural-bigram"
WHOLE = pack(SMALL)


def zipped(entries: dict[str, bytes], **how: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data, **how)
    return packed.getvalue()


def parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def unpacked(data: bytes, to: Path) -> list[str]:
    to.mkdir()
    unpack(io.BytesIO(data), to)
    return sorted(path.name for path in to.iterdir())


def test_there_and_back(tmp_path: Path) -> None:
    file = tmp_path / "model.zip"
    file.write_bytes(WHOLE)
    there, back = load_checkpoint(SMALL), open_model(file)
    assert "training.safetensors" not in unpacked(WHOLE, tmp_path / "out")
    for name, tensor in there.model.state_dict().items():
        assert torch.equal(tensor, back.model.state_dict()[name])
    assert back.meta == there.meta
    expected = write_text(there.model, there.tokenizer, "m", max_tokens=9, seed=3, items=True)[0]
    assert write(back, "m", tokens=9, seed=3) == expected
    with pytest.raises(BadText):
        write(back, "ж")


def test_the_lines_that_the_page_shows_run_in_a_fresh_home(tmp_path: Path) -> None:
    (tmp_path / "run-x-model.zip").write_bytes(WHOLE)
    env = os.environ | {"LM_LAB_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    env |= {"OMP_NUM_THREADS": "1"}
    lines = in_python("run-x-model.zip", writes=True)
    assert lines.count("\n") == 2
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    saved = load_checkpoint(SMALL)
    assert done.stdout.rstrip("\n") == write(saved)
    assert not (tmp_path / "home").exists()


def test_what_writes_nothing_says_so(tmp_path: Path) -> None:
    file = tmp_path / "t.zip"
    file.write_bytes(pack(SHIPPED / "translate-luong"))
    with pytest.raises(Unsupported):
        write(open_model(file))


@pytest.mark.parametrize("name", ["../meta.json", "/meta.json", "a/meta.json", "model.pkl", "x\\y"])
def test_a_name_that_is_none_of_a_checkpoints_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadCheckpoint, match="no model file"):
        unpacked(zipped(parts() | {name: b"{}"}), tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert not list((tmp_path / "out").iterdir())


def test_links_doubles_and_gaps_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("codec.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO(WHOLE)
    rest = {name: data for name, data in parts().items() if name != "codec.json"}
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in rest.items():
            archive.writestr(name, data)
        archive.writestr(link, "/etc/passwd")
    double = io.BytesIO(WHOLE)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(double, "a") as archive:
        archive.writestr("meta.json", "{}")
    gap = zipped({"meta.json": b"{}"})
    bz = zipped(parts(), compress_type=zipfile.ZIP_BZIP2)
    for i, data in enumerate([packed.getvalue(), double.getvalue(), gap, bz, b"", b"PK\x03\x04"]):
        with pytest.raises(BadCheckpoint, match="no model file"):
            unpacked(data, tmp_path / str(i))


def test_more_than_a_model_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = zipped(parts() | {"history.json": b" " * 3_000_000}, compress_type=zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(model_file, "MOST_UNPACKED", 1_000_000)
    with pytest.raises(BadCheckpoint, match="larger than any"):
        unpacked(bomb, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())
    file = tmp_path / "a.zip"
    file.write_bytes(WHOLE)
    monkeypatch.setattr(model_file, "MOST_BYTES", 100)
    with pytest.raises(BadCheckpoint, match="larger than any"):
        open_model(file)
    with pytest.raises(BadCheckpoint, match="check the path"):
        open_model(tmp_path / "none.zip")


def test_weights_of_another_model_are_noticed(tmp_path: Path) -> None:
    other = (SHIPPED / "names-bigram" / "model.safetensors").read_bytes()
    file = tmp_path / "mixed.zip"
    file.write_bytes(zipped(parts() | {"model.safetensors": other}))
    with pytest.raises(BadCheckpoint):
        open_model(file)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_damage_is_a_sentence_and_writes_nowhere_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Bytes changed, cut off or put in; and archives of any names."""
    if data.draw(st.booleans()):
        names = st.sampled_from([*FILES, "..", "a/b", "meta.json/"]) | st.text(
            min_size=1, max_size=12
        )
        entries = data.draw(st.dictionaries(names, st.binary(max_size=40), max_size=5))
        made = b""
        with contextlib.suppress(ValueError):  # a name that no archive can have
            made = zipped(entries)
    else:
        made = bytearray(WHOLE)
        at = data.draw(st.integers(0, len(made) - 1))
        made[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    folder = tmp_path_factory.mktemp("zip")
    out = folder / "out"
    out.mkdir()
    with contextlib.suppress(LabError):
        unpack(io.BytesIO(bytes(made)), out)
        load_checkpoint(out)
    assert [path.name for path in folder.iterdir()] == ["out"]
    assert {path.name for path in out.iterdir()} <= set(FILES)

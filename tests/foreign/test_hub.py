"""A model by download, against a server on this machine: whole and right, or not there."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora.fetching import Cancelled
from lm_core.errors import BadCheckpoint, BadSettings, CorpusUnavailable, LabError
from lm_core.foreign import hub
from lm_core.home import home_folder
from lm_core.runs.spec import CorpusSpec, RunSpec
from lm_core.runs.starting import folder_of
from lm_core.runs.tuning import tuning_spec
from tests.corpora.conftest import Server
from tests.foreign.models import bare, changed

NAME, COMMIT = "someone/tiny-gpt2", "c0ffee" * 7
API = f"/api/models/{NAME}?blobs=true"


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    running = Server()
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_ENDPOINT", running.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield running
    running.close()


def offer(server: Server, folder: Path) -> None:
    """Let the server say of this folder what the hub would."""
    listed = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        one = {"rfilename": path.name, "size": len(data), "blobId": blob}
        if path.suffix in (".safetensors", ".bin"):
            one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        listed.append(one)
        server.files[f"/{NAME}/resolve/{COMMIT}/{path.name}"] = data
    said = {"sha": COMMIT, "siblings": listed, "cardData": {"license": "mit"}}
    server.files[API] = json.dumps(said).encode()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hub") / "tiny-gpt2"
    bare(folder)
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path, server: Server) -> Path:
    """A copy to change, and offered."""
    to = tmp_path / "tiny-gpt2"
    to.mkdir()
    for file in model.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    offer(server, to)
    return to


def left() -> list[str]:
    root = home_folder()
    files = [p.name for p in root.rglob("*") if p.is_file()] if root.exists() else []
    return sorted(name for name in files if "model" in name)


def test_it_is_downloaded_once_and_kept(folder: Path, server: Server) -> None:
    seen: list[tuple[int, int]] = []
    made = hub.fetch(NAME, lambda done, total: seen.append((done, total)))
    size = (folder / "model.safetensors").stat().st_size
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)
    saved_model = load_checkpoint(made)
    assert saved_model.meta["corpus"]["licence"] == "mit"
    assert COMMIT[:12] in saved_model.meta["corpus"]["source"]
    assert left() == ["model.safetensors"]  # the lab's own
    asked = len(server.asked)
    assert hub.fetch(NAME) == folder_of(f"hub:{NAME}") == made
    assert len(server.asked) == asked
    assert hub.fetched() == {NAME: made}
    spec = tuning_spec(f"hub:{NAME}", CorpusSpec(name="names"))
    assert RunSpec.from_address(spec.to_address()) == spec


def test_before_it_was_fetched_a_run_says_how(server: Server) -> None:
    with pytest.raises(BadCheckpoint, match=r"train --start hub:someone/tiny-gpt2 gets it"):
        folder_of(f"hub:{NAME}")
    assert server.asked == []


@pytest.mark.parametrize(
    "name", ["", "gpt2", "../x/y", "a/b/c", "a/../b", "a/..", "a b/c", "a/b?x"]
)
def test_what_is_no_name_is_asked_for_nowhere(name: str, server: Server) -> None:
    for ask in (hub.fetch, hub.folder):
        with pytest.raises(BadCheckpoint, match="no model's name"):
            ask(name)
    assert server.asked == []
    said = {"start": {"folder": f"hub:{name}"}, "data": {"name": "names"}}
    with pytest.raises(BadSettings, match="on the command line only"):
        RunSpec.from_dict(said)


def test_files_that_are_not_the_listed_ones_are_thrown_away(folder: Path, server: Server) -> None:
    weights = f"/{NAME}/resolve/{COMMIT}/model.safetensors"
    config = f"/{NAME}/resolve/{COMMIT}/config.json"
    for path, why in ((config, "not the file that the hub lists"), (weights, "SHA-256")):
        kept = server.files[path]
        server.files[path] = kept.replace(b"1", b"2")
        with pytest.raises(CorpusUnavailable, match=why):
            hub.fetch(NAME)
        server.files[path] = kept
        assert left() == []
    assert hub.fetch(NAME).is_dir()


def test_a_stop_and_a_broken_connection_leave_no_weights(folder: Path, server: Server) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        hub.fetch(NAME, stop)
    assert left() == []
    server.cut = 50
    with pytest.raises(CorpusUnavailable, match=r"could not be reached|not what the hub says"):
        hub.fetch(NAME)
    assert left() == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"model_type": "bert", "architectures": ["BertModel"]}, "is not causal"),
        ({"model_type": "mamba", "architectures": ["MambaForCausalLM"]}, "built as mamba"),
    ],
)
def test_what_is_not_read_is_refused_before_its_weights_come(
    folder: Path, server: Server, changes: dict, why: str
) -> None:
    changed(folder, **changes)
    offer(server, folder)
    with pytest.raises(BadCheckpoint, match=why):
        hub.fetch(NAME)
    assert not any("safetensors" in path for path in server.asked)


def test_a_pickle_alone_and_too_much_are_sentences(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_WEIGHT_BYTES", 100)
    with pytest.raises(BadCheckpoint, match="choose a smaller model"):
        hub.fetch(NAME)
    os.rename(folder / "model.safetensors", folder / "pytorch_model.bin")
    offer(server, folder)
    with pytest.raises(BadCheckpoint, match="a pickle, which can run any code"):
        hub.fetch(NAME)


def test_a_name_that_nobody_has_and_nonsense_are_sentences(server: Server) -> None:
    with pytest.raises(BadCheckpoint, match="has no open model someone/tiny-gpt2"):
        hub.fetch(NAME)
    for answer in (b"<html>", b"[]", b"{}", b'{"sha": 1, "siblings": [{}]}', b'{"sha":""}'):
        server.files[API] = answer
        with pytest.raises(LabError, match="not what the hub says"):
            hub.fetch(NAME)
    server.files[API] = json.dumps({"sha": COMMIT, "siblings": []}).encode()
    with pytest.raises(BadCheckpoint, match="no model of transformers"):
        hub.fetch(NAME)

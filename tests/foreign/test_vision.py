"""Published networks that look at pictures: a folder or a download is kept, read, and asked."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import YolosConfig, YolosForObjectDetection

from lm_core.cli import main
from lm_core.errors import BadCheckpoint, BadSettings, CorpusUnavailable, UnknownName
from lm_core.foreign import vision
from lm_core.models.building import build_model
from lm_core.pictures.boxes import iou
from lm_core.tasks.picture_value import PictureValue
from tests.corpora.conftest import Server

SIZES = {"channels": 3, "height": 40, "width": 40, "centre": 40, "spread": 20}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def yolos(tmp_path: Path) -> Path:
    """A tiny random detector in transformers' format."""
    config = YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[64, 64],
        num_detection_tokens=5,
        id2label={0: "cat", 1: "cup"},
        label2id={"cat": 0, "cup": 1},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = YolosForObjectDetection(config)
    folder = tmp_path / "tiny-yolos"
    model.save_pretrained(folder)
    return folder


def test_a_folder_is_kept_and_says_boxes(yolos: Path, capsys: pytest.CaptureFixture) -> None:
    assert not vision.is_here(vision.DETECTOR)
    assert main(["vision", "yolos-tiny", "--folder", str(yolos)]) == 0
    assert vision.is_here(vision.DETECTOR)
    capsys.readouterr()
    model = vision.detector(vision.folder_of(vision.DETECTOR))
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
    found = vision.detected(model, pixels)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(one.label in ("cat", "cup") and one.score >= vision.LEAST for one in found)
    for one in found:
        for other in found:
            if one is not other and one.label == other.label:
                assert iou(one.box, other.box) <= vision.APART
    assert vision.detected(model, pixels[..., 0]) is not None  # gray


def test_what_is_no_such_network_is_a_sentence(yolos: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="yolos-tiny"):
        vision.take("yolo-tiny", yolos)
    with pytest.raises(BadCheckpoint, match="kind yolos, not resnet"):
        vision.take("resnet-50", yolos)
    (yolos / "pytorch_model.bin").write_bytes((yolos / "model.safetensors").read_bytes())
    (yolos / "model.safetensors").unlink()
    with pytest.raises(BadCheckpoint, match=r"no pickle"):
        vision.take("yolos-tiny", yolos)
    (yolos / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(BadCheckpoint, match="damaged"):
        vision.detector(vision.take("yolos-tiny", yolos))
    (yolos / "config.json").write_text(json.dumps([1]))
    with pytest.raises(BadCheckpoint, match="kind None"):
        vision.take("yolos-tiny", yolos)


def test_published_weights_are_taken_when_training_begins(home: Path) -> None:
    """EfficientNet-B0 as a folder would hold it; of the three the smallest."""
    from transformers import EfficientNetConfig, EfficientNetModel

    model = build_model(
        "published", {"network": "efficientnet-b0", "begins": "published", "side": 32}, SIZES
    )
    with pytest.raises(BadSettings, match="python -m lm_core vision efficientnet-b0"):
        PictureValue().begin(model, None)
    config = EfficientNetConfig(
        width_coefficient=1.0, depth_coefficient=1.0, hidden_dim=1280, image_size=224
    )
    theirs = EfficientNetModel(config)
    theirs.save_pretrained(home / "given")
    vision.take("efficientnet-b0", home / "given")
    PictureValue().begin(model, None)
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(model.network.state_dict()[name], tensor)


@pytest.fixture
def hub(yolos: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server of this machine that offers the tiny detector as the hub does the published one."""
    running, name, commit = Server(), vision.KNOWN[vision.DETECTOR], "c0ffee" * 7
    listed = []
    for path in sorted(yolos.iterdir()):
        data = path.read_bytes()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        one = {"rfilename": path.name, "size": len(data), "blobId": blob}
        if path.suffix == ".safetensors":
            one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        listed.append(one)
        running.files[f"/{name}/resolve/{commit}/{path.name}"] = data
    said = {"sha": commit, "siblings": listed, "cardData": {"license": "apache-2.0"}}
    running.files[f"/api/models/{name}?blobs=true"] = json.dumps(said).encode()
    monkeypatch.setenv("HF_ENDPOINT", running.address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    yield running
    running.close()


def of_file(hub: Server, called: str) -> str:
    return next(path for path in hub.files if path.endswith(called))


def test_the_command_fetches_it_whole_and_a_page_can_ask_it(hub: Server, yolos: Path) -> None:
    assert main(["vision", "yolos-tiny"]) == 0
    folder = vision.folder_of(vision.DETECTOR)
    for name in ("config.json", "model.safetensors"):
        assert (folder / name).read_bytes() == (yolos / name).read_bytes()
    asked = "".join(hub.asked)
    assert "pytorch_model.bin" not in asked
    assert vision.detected(vision.detector(folder), np.zeros((20, 30), np.uint8)) is not None


@pytest.mark.parametrize("called", ["config.json", "model.safetensors"])
def test_a_file_with_another_hash_is_thrown_away(hub: Server, called: str) -> None:
    path = of_file(hub, called)
    right = hub.files[path]
    hub.files[path] = right[:-1] + bytes([right[-1] ^ 1])
    with pytest.raises(CorpusUnavailable, match=r"not the file that the hub lists|SHA-256"):
        vision.take("yolos-tiny")
    assert not vision.is_here("yolos-tiny")
    hub.files[path] = right
    vision.take("yolos-tiny")
    assert vision.is_here("yolos-tiny")


def test_one_that_was_cut_off_is_not_there_and_the_next_try_brings_it_whole(hub: Server) -> None:
    hub.cut = 50
    with pytest.raises(CorpusUnavailable):
        vision.take("yolos-tiny")
    assert not vision.is_here("yolos-tiny")
    hub.cut = 0
    vision.take("yolos-tiny")
    assert vision.is_here("yolos-tiny")


def test_a_model_without_safe_weights_and_one_that_is_too_large_are_sentences(
    hub: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lm_core.foreign.hub.MOST_WEIGHT_BYTES", 10)
    with pytest.raises(BadCheckpoint, match="choose a smaller model"):
        vision.take("yolos-tiny")
    api = next(path for path in hub.files if path.startswith("/api"))
    hub.files[api] = hub.files[api].replace(b"model.safetensors", b"pytorch_model.bin")
    with pytest.raises(BadCheckpoint, match=r"holds no model\.safetensors"):
        vision.take("yolos-tiny")

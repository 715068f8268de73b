"""Published networks that look at pictures: a folder or a download is kept, read, and asked."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import YolosConfig, YolosForObjectDetection

from lm_core.cli import main
from lm_core.errors import BadCheckpoint, BadSettings, UnknownName
from lm_core.foreign import vision
from lm_core.models.building import build_model
from lm_core.pictures.boxes import iou
from lm_core.tasks.picture_value import PictureValue

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

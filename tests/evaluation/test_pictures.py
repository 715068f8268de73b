"""Noise against accuracy, and games as they are kept in a file."""

from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from lm_core.checkpoints import load_checkpoint
from lm_core.corpora import load_corpus
from lm_core.errors import BadCheckpoint
from lm_core.evaluation import noise_curve
from lm_core.evaluation.game_course import GRID, MADE, REACH, Course, frame, read_courses
from lm_core.json_files import dumps
from lm_core.pictures.noise import noisy

SHIPPED = Path(__file__).parents[2] / "checkpoints"


@torch.no_grad()
def test_accuracy_falls_with_noise_and_mending_gives_some_back() -> None:
    model = load_checkpoint(SHIPPED / "digits-convolution").model
    mender = load_checkpoint(SHIPPED / "digits-autoencoder").model
    part = load_corpus("digits").splits["test"]
    found = noise_curve.curve(model, part, mender, (0.0, 0.4, 0.8))
    assert found[0].right >= 0.97  # of a first visitor's network
    assert found[0].right > found[1].right > found[2].right
    assert found[1].mended > found[1].right + 0.15
    given = noisy(part.pixels, 0.4, noise_curve.SEED)
    by_hand = (model.eval()(given).argmax(1) == part.labels).double().mean().item()
    assert found[1].right == pytest.approx(by_hand, abs=1e-6)
    assert noise_curve.measured(model, part, 0.4).mended is None


@torch.no_grad()
def test_a_frame_is_what_the_two_networks_say(tmp_path: Path) -> None:
    model = load_checkpoint(SHIPPED / "heaps-gan").model.eval()
    seen = frame(model, 7)
    assert len(seen.made) == MADE
    corner = model.judged(torch.tensor([[-REACH, -REACH]])).sigmoid().item()
    assert seen.field[0][0] == pytest.approx(corner, abs=0.006)
    assert len(seen.field) == len(seen.field[0]) == GRID
    file = tmp_path / "games.json"
    course = Course("a", "A", {}, [[0.0, 1.0]], [seen], [])
    file.write_text(dumps({"courses": [asdict(course)]}))
    assert read_courses(file) == [course]
    for wrong in ("{}", "[]", '{"courses": [{"name": 1}]}', "no JSON"):
        file.write_text(wrong)
        with pytest.raises(BadCheckpoint):
            read_courses(file)

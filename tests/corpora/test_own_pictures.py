"""Pictures of one's own with an age each: stored, made again, learned from, or a sentence."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from lm_core.corpora.own import as_text, load_own, save_own
from lm_core.corpora.own_pictures import files_of, pictures_of, unpacked
from lm_core.errors import BadText, LabError
from lm_core.pictures.faces import draw_face
from lm_core.pictures.labelled_folder import read_folder
from lm_core.runs.prepare import prepare
from lm_core.runs.presets import default_spec
from lm_core.runs.spec import CorpusSpec
from lm_core.training import Budget, Trainer

MANY = 40


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LM_LAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Drawn faces, named as UTKFace names its files."""
    to = tmp_path / "faces"
    to.mkdir()
    for number in range(MANY):
        face = draw_face(number)
        image = Image.fromarray((255 * face.pixels).round().astype(np.uint8))
        image.save(to / f"{face.age}_{number % 2}_0_2017{number:04}.png")
    (to / "notes.txt").write_text("not a picture")
    return to


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def test_a_folder_and_its_zip_are_the_same_corpus_stored_and_made_again(folder: Path) -> None:
    files = files_of(folder)
    assert len(files) == MANY
    corpus = pictures_of(read_folder(files), title="Mine")
    packed = unpacked(zipped({f"faces/{name}": data for name, data in files.items()}))
    assert packed == files
    again = load_own(save_own(corpus))
    for name, part in corpus.splits.items():
        assert torch.equal(again.splits[name].pixels, part.pixels)
        assert torch.equal(again.splits[name].values, part.values)
    assert {name: len(part.values) for name, part in corpus.splits.items()} == {
        "train": 32,
        "validation": 4,
        "test": 4,
    }
    assert corpus.splits["train"].group_names == ["gender 0", "gender 1"]
    assert as_text(corpus).startswith("picture,age,group")


def test_what_is_no_folder_or_zip_of_faces_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadText, match="cannot be read"):
        unpacked(b"a text")
    whole = zipped({"25_0_0_1.png": b"x" * 1000})
    with pytest.raises(BadText, match="cannot be read"):
        unpacked(whole[:-40])
    with pytest.raises(BadText, match="cannot be read"):
        files_of(tmp_path / "nowhere")
    one = dict(list(files_of(folder).items())[:1])
    with pytest.raises(LabError, match="at least 2 are needed"):
        read_folder(one)
    data = next(iter(one.values()))
    same = {f"30_0_0_{k}.png": data for k in range(30)}
    with pytest.raises(BadText, match="the same age"):
        pictures_of(read_folder(same), title="Mine")
    few = dict(list(files_of(folder).items())[:5])
    with pytest.raises(BadText, match="too few to be split"):
        pictures_of(read_folder(few), title="Mine")


@pytest.mark.parametrize("family", ["residual", "published"])
def test_a_folder_on_the_command_line_is_learned_from(folder: Path, family: str) -> None:
    data = CorpusSpec(name="file", file=str(folder), kind="picture values")
    spec = default_spec(data, family, budget=Budget(steps=2))
    small = {"narrow": 16, "side": 32} if family == "published" else {"n_filter": 4}
    train = replace(spec.train, batch_size=4)
    made = prepare(replace(spec, model=replace(spec.model, **small), train=train))
    assert made.codec.names == ["years"]
    list(Trainer(made.task, made.model, made.data, settings=train, budget=spec.budget).run())
    scored = made.task.evaluate(made.model.eval(), made.data, "validation", limit=None)
    assert np.isfinite(scored.loss)
    assert scored.targets == 4

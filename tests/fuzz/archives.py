"""Files that are not text, from strangers: pictures, folders of them, models, backups."""

import io
import random
import shutil
import zipfile
import zlib
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from lm_core.corpora.own_pictures import pictures_of, unpacked
from lm_core.generation.engine import write_text
from lm_core.model_file import open_model, pack
from lm_core.pictures.labelled_folder import read_folder
from lm_core.pictures.reading import LONGEST, read_picture
from lm_core.runs.backup import back_up, restore
from lm_core.runs.spec import RunSpec
from lm_core.runs.store import RunStore
from tests.fuzz import inputs
from tests.fuzz.registry import target
from tests.fuzz.targets import SMALL

MODES = ["1", "L", "LA", "RGB", "RGBA", "CMYK", "P", "I;16"]
ELSEWHERE = ["../../x", "/etc/x", "runs/../../../x", "C:\\x", "runs/x/y"]  # names of entries


def picture(rng: random.Random, broken: float = 0.6) -> bytes:
    """A PNG or a JPEG of any mode, whole, damaged, or with a header that promises more."""
    height, width = rng.choice([16, 17, 40, 200, 1]), rng.choice([16, 31, 40, 1100])
    values = np.frombuffer(rng.randbytes(height * width), np.uint8).reshape(height, width)
    mode = rng.choice(MODES)
    deep = mode == "I;16"
    image = Image.fromarray(values.astype(np.uint16) if deep else values)
    image = image if deep else image.convert(mode)
    kind = "JPEG" if mode in ("L", "RGB", "CMYK") and rng.random() < 0.5 else "PNG"
    if mode == "CMYK" and kind == "PNG":
        image = image.convert("RGB")
    out = io.BytesIO()
    image.save(out, kind)
    given = bytearray(out.getvalue())
    if kind == "PNG" and rng.random() < 0.2:  # its size, with the sum that belongs to it
        given[16:24] = b"".join(rng.choice([0, 1, 4000, 2**31 - 1]).to_bytes(4) for _ in "hw")
        given[29:33] = zlib.crc32(bytes(given[12:29])).to_bytes(4)
    return inputs.damaged(rng, bytes(given)) if rng.random() < broken else bytes(given)


@target(800)
def pictures(rng: random.Random, folder: Path) -> None:
    given = picture(rng) if rng.random() < 0.9 else inputs.data(rng)
    read = read_picture(given)
    assert max(read.pixels.shape[:2]) <= LONGEST
    assert read.pixels.dtype == np.uint8


@target(150)
def picture_folders(rng: random.Random, folder: Path) -> None:
    """Packed, with ages in the names or in a table, some of which are true."""
    few = [picture(rng, 0.2) for _ in range(4)]
    ages = [rng.randrange(130) for _ in range(rng.choice([3, 60, 60]))]
    names = [f"{age}_{age % 2}_{age % 5}_{place}.png" for place, age in enumerate(ages)]
    names.append(inputs.text(rng, 20) + rng.choice([".png", ".jpg", ".csv", ""]))
    files = {name: rng.choice(few) for name in names}
    if rng.random() < 0.3:
        rows = [f"{name},{rng.choice([25, 30, 'x', -1, 1e9])},g" for name in names]
        whole = "\n".join(["file,age,group", *rows]).encode("utf-8", "ignore")
        files["ages.csv"] = rng.choice([whole, inputs.damaged(rng, whole), inputs.data(rng)])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.encode("utf-8", "ignore").decode() or "x", data)
    given = packed.getvalue()
    found = unpacked(inputs.damaged(rng, given) if rng.random() < 0.2 else given)
    pictures_of(read_folder(found), title=inputs.text(rng, 40))


@cache
def packed_model(path: Path) -> bytes:
    return pack(path)


def repacked(rng: random.Random, given: bytes) -> bytes:
    """An archive with one entry damaged, renamed, left out or doubled; or its bytes damaged."""
    if rng.random() < 0.3:
        return inputs.damaged(rng, given)
    with zipfile.ZipFile(io.BytesIO(given)) as archive:
        entries = [(entry.filename, archive.read(entry)) for entry in archive.infolist()]
    at = rng.randrange(len(entries))
    name, data = entries[at]
    match rng.randrange(5):
        case 0:
            entries[at] = name, inputs.damaged(rng, data)
        case 1:
            del entries[at]
        case 2:
            odd = rng.choice(
                ["../../x", "/etc/x", "runs/../../../x", "C:\\x", name.upper(), "runs/x/y", ""]
            )
            entries[at] = odd or inputs.text(rng, 30).encode("utf-8", "ignore").decode(), data
        case 3:
            entries.append((rng.choice([name, "x"]), inputs.data(rng)))
        case 4:
            pass
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as made:
        for name, data in entries:
            info = zipfile.ZipInfo(name or "x")
            if rng.random() < 0.05:
                info.external_attr = 0o120777 << 16  # a link
            made.writestr(info, data)
    return out.getvalue()


@target(400)
def model_files(rng: random.Random, folder: Path) -> None:
    file = folder / "model.zip"
    file.write_bytes(repacked(rng, packed_model(rng.choice(SMALL))))
    saved = open_model(file)
    write_text(saved.model, saved.tokenizer, "", items=saved.items, max_tokens=5)


@cache
def backup(folder: Path) -> bytes:
    """Of a home with one run, which has a folder."""
    store = RunStore(folder / "of a backup")
    run = store.create("ada", "Mine", RunSpec().to_dict())
    store.run_folder(run).mkdir(parents=True)
    (store.run_folder(run) / "run.json").write_text("{}")
    out = folder / "lab.zip"
    back_up(store.folder, out)
    return out.read_bytes()


@target(200)
def backups(rng: random.Random, folder: Path) -> None:
    """What is unpacked stays in its folder, and can be listed."""
    whole = backup(folder)
    file, home = folder / "given.zip", folder / "restored" / "home"
    shutil.rmtree(home.parent, ignore_errors=True)
    file.write_bytes(repacked(rng, whole))
    try:
        restore(file, home)
        RunStore(home).runs_of("ada")
    finally:
        beside = [path.name for path in home.parent.iterdir()] if home.parent.exists() else []
        assert beside in ([], [home.name])

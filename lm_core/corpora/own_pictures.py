"""Your own pictures with an age each, as a corpus that a network can learn from.

found = read_folder(files_of(folder))           # names as in UTKFace, or a CSV
save_own(pictures_of(found, title="Faces of our club, with consent"))

The middle of each picture is kept as a small square: what is stored shows no more than that.
"""

import base64
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from lm_core.corpora.corpus import Numbers
from lm_core.corpora.own import named, own_info
from lm_core.corpora.own_numbers import numbers_of
from lm_core.errors import BadText

if TYPE_CHECKING:
    from lm_core.pictures.labelled_folder import Labelled

KIND = "picture values"
SIDE = 40  # pixels of what is kept, as the drawn faces have
ENDINGS, MOST = (".jpg", ".jpeg", ".png", ".csv"), 2000  # files that are taken
RULE = "Cut within each age: 80 of a hundred train, 10 validate, 10 test."
MOST_BYTES = 300_000_000  # of all files of a folder, unpacked


def files_of(folder: Path) -> dict[str, bytes]:
    """Name -> content of the pictures and the CSV of a folder.

    Raises:
        BadText: it cannot be read, or is too large.
    """
    try:
        paths = [one for one in sorted(folder.iterdir()) if _wanted(one.name) and one.is_file()]
        sizes = sum(one.stat().st_size for one in paths)
        if sizes > MOST_BYTES:
            raise BadText(_too_large(folder.name))
        return {one.name: one.read_bytes() for one in paths}
    except OSError:
        raise BadText(f"The folder {folder.name} cannot be read: check it.") from None


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a zip file by their names, without its folders.

    Raises:
        BadText: it is none, or too much comes out of it.
    """
    found, left = {}, MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = [one for one in packed.infolist() if _wanted(one.filename)]
            for entry in entries[: MOST + 1]:
                with packed.open(entry) as opened:
                    content = opened.read(left + 1)  # what the file says of its size is not asked
                left -= len(content)
                if left < 0:
                    raise BadText(_too_large("of the zip file"))
                found[entry.filename.split("/")[-1]] = content
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError):
        raise BadText("This zip file cannot be read: pack the folder again.") from None
    return found


def _wanted(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not name.split("/")[-1].startswith(".")


def _too_large(name: str) -> str:
    most = f"{MOST_BYTES / 1e6:,.0f} MB"
    return f"The files {name} are more than {most}: give fewer or smaller pictures."


def pictures_of(found: "Labelled", *, title: str, side: int = SIDE) -> Numbers:
    """A corpus of a folder that was read; the first of its groups is compared by.

    Raises:
        BadText: too few pictures, or all of one age.
    """
    import numpy as np

    from lm_core.pictures.annotated import square

    ages = found.table["age"].tolist()
    if len(set(ages)) < 2:
        raise BadText("All these pictures have the same age: give some of other ages, too.")
    small = np.stack([square(one, side) for one in found.pixels])  # (N, side, side, 3)
    groups = found.groups[:1]
    given = {
        "side": side,
        "pixels": base64.b64encode((255 * small).round().astype(np.uint8).tobytes()).decode(),
        "ages": [int(age) for age in ages],
        "group": [f"{groups[0]} {one}" for one in found.table[groups[0]]] if groups else [],
    }
    info = own_info(title, KIND, RULE)
    return named(numbers_of(info, given))


def of_folder(folder: Path) -> Numbers:
    """The pictures of a folder of this machine.

    Raises:
        BadText, BadPicture: as `files_of`, `read_folder` and `pictures_of`.
    """
    from lm_core.pictures.labelled_folder import read_folder

    return pictures_of(read_folder(files_of(folder)), title=folder.name)

"""A folder of pictures with an age each: by their file names, as in UTKFace, or by a CSV beside
them.

    25_0_2_20170116174525125.jpg      age_gender_race_date: 25 years, and two groups by number
    file,age,group                    or a CSV whose columns name the file, its age and any groups

Nothing is believed: a name that says no age, a picture that is none, an age no person reaches are
each told with a sentence, and the rest is used.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lm_core.errors import BadPicture, BadText, LabError
from lm_core.pictures.reading import read_picture

OLDEST = 120  # years
FEWEST = 2  # pictures
MOST = 2000  # that are read
MOST_CSV = 2_000_000  # bytes
NAMED = re.compile(r"(\d{1,3})_(\d)_(\d)_\w+(\.chip)?\.(jpe?g|png)", re.IGNORECASE | re.ASCII)
ENDINGS = (".jpg", ".jpeg", ".png")
FILES, AGES = ("file", "filename", "image", "image_name", "name", "path"), ("age", "ages")


@dataclass(frozen=True, eq=False)
class Labelled:
    """What was found: a row for each picture that can be used, and what was left out and why."""

    table: pd.DataFrame  # columns file, age and one for each group, all text but the age
    pixels: list[np.ndarray] = field(repr=False)  # (H, W) or (H, W, 3) uint8, in the same order
    notes: list[str]  # sentences

    @property
    def groups(self) -> list[str]:
        """The names of the columns that are no file and no age."""
        return [name for name in self.table.columns if name not in ("file", "age")]


def read_folder(files: Mapping[str, bytes]) -> Labelled:
    """The pictures of a folder with their ages.

    Args:
        files: name -> content; pictures, and at most one CSV.

    Raises:
        BadText: no age is said, or the CSV cannot be read.
        BadPicture: fewer than two pictures can be used.
    """
    pictures = {base(name): data for name, data in files.items() if _is_picture(name)}
    tables = [data for name, data in files.items() if name.lower().endswith(".csv")]
    if not pictures:
        raise BadPicture("There is no picture here: give a folder of JPEG or PNG files.")
    if len(tables) > 1:
        raise BadText("There are several CSV files: give one, with a row for each picture.")
    notes = []
    if len(pictures) > MOST:
        notes.append(f"Only the first {MOST:,} of {len(pictures):,} pictures are read.")
    said = _by_table(tables[0], notes) if tables else _by_name(pictures)
    rows, pixels, unread, without = [], [], [], 0
    for name in sorted(pictures)[:MOST]:
        if name not in said:
            without += 1
            continue
        try:
            pixels.append(read_picture(pictures[name]).pixels)
        except LabError as error:
            unread.append(f"{name}: {error}")
            continue
        rows.append({"file": name, **said[name]})
    if without:
        where = "the CSV" if tables else "the file name"
        notes.append(f"Of {without:,} pictures {where} says no age: they are left out.")
    if unread:
        notes.append(f"{len(unread):,} cannot be read and are left out. The first: {unread[0]}")
    if len(rows) < FEWEST:
        how = "" if tables else ", named like 25_0_2_20170116.jpg, or with a CSV beside them"
        raise BadPicture(
            f"{len(rows)} of {len(pictures)} pictures can be used, and at least {FEWEST} are "
            f"needed: give more pictures with an age{how}. {' '.join(notes)}".rstrip()
        )
    return Labelled(pd.DataFrame(rows), pixels, notes)


def base(name: str) -> str:
    """The name of a file without its folders."""
    return re.split(r"[\\/]", name)[-1]


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def _by_name(names: Mapping[str, bytes]) -> dict[str, dict]:
    """File -> age and groups, as UTKFace has them in its names."""
    found = {}
    for name in names:
        if (seen := NAMED.fullmatch(name)) and int(seen[1]) <= OLDEST:
            found[name] = {"age": int(seen[1]), "gender": seen[2], "race": seen[3]}
    return found


def _by_table(data: bytes, notes: list[str]) -> dict[str, dict]:
    """File -> age and groups, from a CSV with the columns file and age; all others are groups.

    Raises:
        BadText: it is none, or has no such columns.
    """
    if len(data) > MOST_CSV:
        raise BadText(f"The CSV is too large: give one of at most {MOST_CSV:,} bytes.")
    try:
        table = pd.read_csv(io.StringIO(data.decode("utf-8-sig")), dtype=str, keep_default_na=False)
    except (UnicodeDecodeError, ValueError) as error:  # ParserError is a ValueError
        raise BadText("The CSV cannot be read: save it as UTF-8, with commas.") from error
    columns = {str(name).strip().lower(): name for name in table.columns}
    file = next((columns[name] for name in FILES if name in columns), None)
    age = next((columns[name] for name in AGES if name in columns), None)
    if file is None or age is None:
        raise BadText(
            "The CSV needs the columns file and age in its first row: name them so, one row for "
            "each picture."
        )
    groups = [name for name in table.columns if name not in (file, age)]
    found, wrong = {}, []
    for row in table.to_dict("records"):
        years = _years(row[age])
        if years is None:
            wrong.append(row[age])
            continue
        found[base(row[file])] = {"age": years, **{str(name): row[name] for name in groups}}
    if wrong:
        notes.append(
            f"{len(wrong):,} rows of the CSV have no age from 0 to {OLDEST} (“{wrong[0][:20]}”): "
            "they are left out."
        )
    return found


def _years(text: str) -> int | None:
    """Whole years from 0 to OLDEST; None for anything else."""
    if not re.fullmatch(r"\s*\d{1,3}(\.\d+)?\s*", text, re.ASCII):
        return None
    years = int(float(text))
    return years if years <= OLDEST else None

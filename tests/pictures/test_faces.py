"""Drawn faces, folders of labelled pictures, and splits of them."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sklearn.model_selection import train_test_split

from lm_core.errors import BadPicture, BadText, LabError
from lm_core.pictures.annotated import WIDE, annotated, square
from lm_core.pictures.faces import LIGHTS, OLDEST, PENS, YOUNGEST, draw_face
from lm_core.pictures.labelled_folder import read_folder
from lm_core.pictures.stratified import LEAST, split, strata


def png(side: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "#336699").save(out, "PNG")
    return out.getvalue()


@given(st.integers(0, 100_000), st.integers(YOUNGEST, OLDEST))
def test_a_face_is_drawn_from_its_age_always_the_same(seed: int, age: int) -> None:
    face, again = draw_face(seed, age=age), draw_face(seed, age=age)
    assert face.age == age
    assert face.light in LIGHTS
    assert face.pen in PENS
    assert np.array_equal(face.pixels, again.pixels)
    assert face.pixels.shape == (40, 40, 3)
    assert 0 <= face.pixels.min() <= face.pixels.max() <= 1


def test_an_older_face_is_another_picture_of_the_same_person() -> None:
    young, old = draw_face(7, age=20), draw_face(7, age=80)
    assert (young.light, young.pen) == (old.light, old.pen)
    assert not np.array_equal(young.pixels, old.pixels)
    corner = (slice(0, 4), slice(0, 4))  # behind the head
    assert np.array_equal(young.pixels[corner], old.pixels[corner])


def test_ages_are_spread_and_one_in_seven_is_dim() -> None:
    faces = [draw_face(n) for n in range(400)]
    ages = np.array([one.age for one in faces])
    assert YOUNGEST <= ages.min() < 8
    assert 82 < ages.max() <= OLDEST
    assert 0.09 < np.mean([one.light == "dim" for one in faces]) < 0.21


def test_a_folder_as_in_utkface_is_read_by_its_names() -> None:
    files = {
        "a/25_0_2_20170116174525125.jpg.chip.jpg": png(),
        "61_1_0_20170109150557335.png": png(),
        "116_1_3_2017.jpg": png(),
        "holiday.jpg": png(),
    }
    found = read_folder(files)
    assert found.table["age"].tolist() == [116, 61]
    assert found.table["gender"].tolist() == ["1", "1"]
    assert found.table["race"].tolist() == ["3", "0"]
    assert found.notes == ["Of 2 pictures the file name says no age: they are left out."]


def test_the_chip_of_the_aligned_set_is_read_too() -> None:
    names = ["25_0_2_20170116174525125.chip.jpg", "26_0_2_20170116174525125.jpg"]
    assert read_folder(dict.fromkeys(names, png())).table["age"].tolist() == [25, 26]


def test_a_csv_says_ages_and_groups() -> None:
    table = b"File,Age,hat\nfolder/a.png,31,yes\nb.png,44.0,no\nc.png,old,no\n"
    found = read_folder({"a.png": png(), "b.png": png(), "c.png": png(), "labels.csv": table})
    assert found.table.to_dict("records") == [
        {"file": "a.png", "age": 31, "hat": "yes"},
        {"file": "b.png", "age": 44, "hat": "no"},
    ]
    assert found.groups == ["hat"]
    assert "“old”" in found.notes[0]
    assert "1 pictures" in found.notes[1]


@pytest.mark.parametrize(
    ("files", "error", "says"),
    [
        ({}, BadPicture, "no picture here"),
        ({"25_0_1_2017.jpg": png()}, BadPicture, "1 of 1 pictures can be used"),
        ({"a.jpg": png(), "b.jpg": png()}, BadPicture, "named like 25_0_2"),
        ({"1_0_1_2.jpg": b"text", "2_0_1_2.jpg": b"text"}, BadPicture, "cannot be read"),
        ({"a.jpg": png(), "a.csv": b"name,years\na,3\n"}, BadText, "columns file and age"),
        ({"a.jpg": png(), "a.csv": b"\xff\xfe\x00"}, BadText, "UTF-8"),
        ({"a.jpg": png(), "a.csv": b"", "b.csv": b""}, BadText, "several CSV"),
        ({"a.jpg": png(), "a.csv": b""}, BadText, "cannot be read"),
    ],
)
def test_a_folder_that_cannot_be_used_is_a_sentence(files, error, says: str) -> None:
    with pytest.raises(error, match=says):
        read_folder(files)


@given(st.dictionaries(st.text(max_size=12), st.binary(max_size=40), max_size=4))
def test_whatever_is_given_is_read_or_refused_in_a_sentence(files: dict[str, bytes]) -> None:
    with pytest.raises(LabError):
        read_folder(files)


@given(st.binary(max_size=200))
def test_whatever_the_csv_holds(data: bytes) -> None:
    with pytest.raises(LabError):
        read_folder({"a.png": png(), "b.png": png(), "x.csv": data})


def test_the_split_has_the_sizes_of_scikit_learn() -> None:
    """Seed 002: 0.8 by age, the rest in halves, random_state=42."""
    ages = np.repeat(np.arange(20, 60), 25)
    table = pd.DataFrame({"file": [str(n) for n in range(len(ages))], "age": ages})
    parts = split(table)
    kept, rest = train_test_split(table, train_size=0.8, stratify=table.age, random_state=42)
    test, valid = train_test_split(rest, train_size=0.5, stratify=rest.age, random_state=42)
    assert [len(parts[n]) for n in ("train", "validation", "test")] == [800, 100, 100]
    for ours, theirs in (
        (parts["train"], kept),
        (parts["validation"], valid),
        (parts["test"], test),
    ):
        assert len(ours) == len(theirs)
        assert ours["age"].value_counts().to_dict() == theirs["age"].value_counts().to_dict()
        assert ours["file"].tolist() == theirs["file"].tolist()  # no age is rare here


@given(st.lists(st.integers(0, 116), min_size=20, max_size=300))
def test_every_row_is_in_one_part_however_rare_its_age(ages: list[int]) -> None:
    table = pd.DataFrame({"file": [str(n) for n in range(len(ages))], "age": ages})
    parts = split(table)
    files = [name for part in parts.values() for name in part["file"]]
    assert sorted(files) == sorted(table["file"])
    assert len(parts["train"]) == int(0.8 * len(ages))
    assert abs(len(parts["validation"]) - len(parts["test"])) <= 1


@given(st.lists(st.integers(0, 116), min_size=LEAST, max_size=200))
def test_no_stratum_is_small_and_older_is_never_a_lower_number(ages: list[int]) -> None:
    numbers = strata(np.array(ages))
    assert np.bincount(numbers).min() >= LEAST
    order = np.argsort(ages, kind="stable")
    assert (np.diff(numbers[order]) >= 0).all()


def test_too_few_to_split_is_a_sentence() -> None:
    with pytest.raises(BadText, match="at least 20"):
        split(pd.DataFrame({"file": ["a"] * 19, "age": range(19)}))


@pytest.mark.parametrize("shape", [(30, 50), (64, 20, 3)])
def test_a_picture_goes_in_and_comes_out_with_words_under_it(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 120, np.uint8)
    small = square(pixels, 40)
    assert small.shape == (40, 40, 3)
    assert small == pytest.approx(np.full((40, 40, 3), 120 / 255), abs=1e-3)
    with Image.open(io.BytesIO(annotated(pixels, "31 years"))) as out:
        assert out.width == WIDE
        assert out.height > round(shape[0] * WIDE / shape[1])
        bar = np.asarray(out)[-40:]
    assert bar.max() > 200  # letters

"""The steps of the image bench: each does what it says, to gray and to colour, and says why."""

import sys
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings, LabError, Unsupported
from lm_core.pictures import damage
from lm_core.pictures.chain import MOST, Step, read_chain, written
from lm_core.pictures.contract import Looked, apart, begin, gray, level, steps
from lm_core.pictures.filters import sobel
from lm_core.pictures.photographs import drawn, photograph
from lm_core.pictures.reading import shrunk

NEEDS = {"inpaint": "damage;", "blur-faces": "faces;"}
GRAY_ONLY = (
    "threshold",
    "otsu",
    "local",
    "try-all",
    "sobel",
    "kernel",
    "canny",
    "equalize",
    "erosion",
)
GRAY_ONLY += ("dilation", "contours")
ALONE = ("rotate", "rescale", "resize", "canny", "clahe", "inpaint", "tv", "bilateral", "non-local")
ALONE += ("try-all", "superpixels", "contours", "corners", "faces")  # that need scikit-image


def through(text: str, pixels: np.ndarray) -> tuple[Looked, Looked, Step]:
    """Before the last step, after it, and the step."""
    before = begin(pixels)
    *first, last = read_chain(text)
    for step in first:
        before = step.done(before)
    return before, last.done(before), last


@pytest.mark.parametrize("name", steps.names())
@pytest.mark.parametrize("colour", [True, False])
def test_every_step_gives_a_picture_and_its_arithmetic(name: str, colour: bool) -> None:
    pytest.importorskip("skimage")
    pixels = shrunk(photograph("astronaut" if colour else "coins"), 160)
    first = NEEDS.get(name, "")
    if name == "blur-faces":
        first = "faces,min_size=24;"
        pixels = shrunk(photograph("astronaut"), 256)
    if name in GRAY_ONLY and colour:
        with pytest.raises(Unsupported, match="needs a gray picture"):
            through(name, pixels)
        return
    before, after, step = through(f"{first}{name}", pixels)
    H, W = after.pixels.shape[:2]
    assert after.pixels.dtype == float
    assert 0 <= after.pixels.min() <= after.pixels.max() <= 1
    for row, column in ((0, 0), (H - 1, W - 1), (H // 2, W // 3)):
        lines = step.explained(before, after, row, column)
        assert lines
        assert all(line == line.strip() and line for line in lines)
        there = step.source(before, after, row, column)
        assert all(0 <= one < size for one, size in zip(there, before.pixels.shape, strict=False))


@pytest.mark.parametrize(
    ("chain", "row", "column", "said"),
    [
        ("gray", 0, 0, "0.2125 × 32 + 0.7154 × 40 + 0.0721 × 44 = 38.6"),
        ("flip-up", 0, 0, "row 0 comes from row 200 − 1 − 0 = 199; the column stays"),
        ("gray;threshold,at=38", 0, 0, "38.6 > 38: white, 255"),
        ("gray;threshold,at=39", 0, 0, "38.6 ≤ 39: black, 0"),
        (
            "gray;erosion",
            100,
            130,
            "the smallest of 100.3, 101.3, 101.3, 100.3, 75.9, 75.9, 100.3, 75.9, 75.9 is 75.9",
        ),
        ("gray;dilation,rows=1,columns=2", 0, 0, "the largest of 38.6, 38.6 is 38.6"),
        ("gray;invert", 0, 0, "255 − 38.6 = 216.4"),
    ],
)
def test_the_arithmetic_of_one_pixel(chain: str, row: int, column: int, said: str) -> None:
    before, after, step = through(chain, drawn())
    assert step.explained(before, after, row, column)[0].startswith(said)


def test_the_arithmetic_of_sobel_is_what_sobel_gives() -> None:
    """Recomputed from the sentence itself."""
    before, after, step = through("gray;sobel", drawn())
    flat, upright, both = step.explained(before, after, 100, 130)
    for line in (flat, upright):
        sum_, result = line.partition(": ")[2].rsplit(" = ", 1)
        value = eval(sum_.replace("×", "*").replace("−", "-"), {})
        assert value == pytest.approx(float(result.replace("−", "-")), abs=0.2)
    expected = sobel(before.pixels)[100, 130]
    assert both.endswith(f"= {level(float(expected))}")


@pytest.mark.parametrize("angle", [-90, 30, 180])
def test_a_turned_pixel_is_looked_for_where_it_was(angle: int) -> None:
    pytest.importorskip("skimage")
    ramp = np.add.outer(np.arange(60), 2 * np.arange(80)).astype(np.uint8)
    before, after, step = through(f"rotate,angle={angle}", ramp)
    H, W = after.pixels.shape
    source = steps["rotate"].extra["source"]
    for row, column in ((H // 2, W // 2), (H // 2 + 9, W // 2 - 12)):
        y, x = source(before, step.settings, row, column)
        assert 255 * after.pixels[row, column] == pytest.approx(y + 2 * x, abs=1.5)


def test_pictures_do_not_grow_without_end() -> None:
    pytest.importorskip("skimage")
    _, large, _ = through("rescale,factor=3;rescale,factor=3", drawn())
    assert max(large.pixels.shape) == 640
    with pytest.raises(Unsupported, match="make it smaller"):
        through(";".join(["rescale,factor=3", *["rotate,angle=45"] * 3]), drawn())


def test_anti_aliasing_keeps_stripes_from_becoming_others() -> None:
    pytest.importorskip("skimage")
    stripes = np.tile(np.array([0, 255], dtype=np.uint8), (60, 33))
    _, bare, _ = through("rescale,factor=0.4,smooth=false", stripes)
    _, smooth, _ = through("rescale,factor=0.4", stripes)
    assert np.ptp(bare.pixels) > 4 * np.ptp(smooth.pixels[:, 3:-3])


@pytest.mark.parametrize("name", ["gaussian", "tv", "bilateral", "wavelet", "non-local"])
def test_every_denoiser_comes_nearer_to_the_clean_picture(name: str) -> None:
    pytest.importorskip("skimage")
    pixels = shrunk(photograph("camera"), 128)
    noisy, mended, _ = through(f"noise;{name}", pixels)
    assert apart(mended.pixels, pixels / 255) < 0.8 * apart(noisy.pixels, pixels / 255)
    assert dict(mended.facts)["Difference now"] == level(apart(mended.pixels, noisy.clean) / 255)


@pytest.mark.parametrize("kind", ["five scratches", "single pixels", "painted cells"])
def test_inpainting_fills_the_hole_alone(kind: str) -> None:
    pytest.importorskip("skimage")
    pixels = shrunk(photograph("chelsea"), 120)
    hurt, mended, _ = through(f"damage,kind={kind};inpaint", pixels)
    assert hurt.hole.any()
    assert np.array_equal(mended.pixels[~hurt.hole], pixels[~hurt.hole] / 255)
    clean = pixels / 255
    assert apart(mended.pixels, clean) < apart(hurt.pixels, clean) / 2


def test_what_is_painted_is_written_and_read() -> None:
    cells = np.zeros((damage.DOWN, damage.ACROSS), dtype=bool)
    cells[3, 4] = cells[11, 15] = True
    assert np.array_equal(damage.cells_of(damage.painted_of(cells)), cells)
    hole = damage.hole((120, 160), "painted cells", damage.painted_of(cells), 0)
    assert hole[30:40, 40:50].all()
    assert hole.sum() == 200


def test_too_large_a_hole_is_a_sentence() -> None:
    with pytest.raises(Unsupported, match="paint fewer"):
        through(f"damage,kind=painted cells,painted={'f' * 48};inpaint", drawn())
    with pytest.raises(Unsupported, match="nothing to repair"):
        through("inpaint", drawn())


def test_privacy_finds_the_face_and_blurs_it_alone() -> None:
    pytest.importorskip("skimage")
    pixels = shrunk(photograph("astronaut"), 320)
    found, hidden, _ = through("faces;blur-faces", pixels)
    (box,) = found.faces
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    inside[box.row : box.row + box.height, box.column : box.column + box.width] = True
    assert np.array_equal(hidden.pixels[~inside], pixels[~inside] / 255)
    assert hidden.pixels[inside].std() < 0.8 * (pixels[inside] / 255).std()
    _, again, _ = through("faces;blur-faces;faces", pixels)
    assert again.faces == ()
    with pytest.raises(Unsupported, match="No face was found"):
        through("blur-faces", drawn())


def test_contours_count_the_discs() -> None:
    pytest.importorskip("skimage")
    rows, columns = np.mgrid[:60, :100]
    discs = sum(
        ((rows - 30) ** 2 + (columns - c) ** 2 < 100).astype(np.uint8) for c in (20, 50, 80)
    )
    _, found, _ = through("contours", 255 * discs)
    assert dict(found.facts)["Of 40 points and more"] == "3"
    assert len(found.lines) == 3


def test_corners_are_those_of_the_squares() -> None:
    pytest.importorskip("skimage")
    pixels = photograph("checkerboard")
    _, found, _ = through("corners,min_distance=5,threshold_rel=0.2", pixels)
    assert len(found.points) == 49  # inner corners of 8 x 8 squares
    assert np.abs((found.points + 0.5) / 25 - np.round((found.points + 0.5) / 25)).max() < 0.1


@pytest.mark.parametrize("name", ALONE)
def test_without_scikit_image_a_step_says_what_brings_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    with pytest.raises(Unsupported, match=r"pip install -r requirements-beyond\.txt"):
        through(f"{NEEDS.get(name, 'gray;')}{name}", drawn())
    with pytest.raises(Unsupported, match=r"requirements-beyond"):
        photograph("coins")


def test_the_others_work_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage", None)
    for name in steps.names():
        if name not in (*ALONE, "blur-faces"):
            through(f"{NEEDS.get(name, 'gray;')}{name}", drawn())


# Chains as text -----------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(steps.names()), max_size=MOST))
def test_a_chain_is_written_and_read(names: list[str]) -> None:
    chain = read_chain(";".join(names))
    assert [step.name for step in chain] == names
    assert read_chain(written(chain)) == chain


def test_only_what_was_changed_is_written() -> None:
    text = "gray;canny,sigma=2.5;threshold,at=100;kernel,weights=1 2 1 / 0 0 0 / 1 2 1"
    assert written(read_chain(text)) == text


@given(st.text(max_size=60))
def test_any_other_text_is_a_chain_or_a_sentence(text: str) -> None:
    with suppress(LabError):
        read_chain(text)


@pytest.mark.parametrize(
    "text",
    [
        *("nothing", "gray,sigma=1", "canny,sigma=-1", "canny,sigma=nan", "canny,sigma", "a" * 999),
        *("local,block_size=34", "kernel,weights=1 2 3", "kernel,weights=a", "faces,min_size=500"),
        *("damage,painted=xyz", "rotate,angle=1e999", ";".join(["gray"] * (MOST + 1))),
    ],
)
def test_what_no_chain_can_be_is_a_sentence(text: str) -> None:
    with pytest.raises(LabError):
        read_chain(text)


def test_gray_needs_no_change() -> None:
    assert np.array_equal(gray(begin(drawn()[..., 0]).pixels), drawn()[..., 0] / 255)
    with pytest.raises(BadSettings, match="odd"):
        read_chain("local,block_size=10")

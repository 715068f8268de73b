"""What a stranger uploads: a picture, or a sentence."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lm_core.errors import BadPicture
from lm_core.pictures.reading import LONGEST, MOST_BYTES, read_picture, shrunk

RNG = np.random.default_rng(0)


def saved(pixels: np.ndarray, kind: str = "PNG", mode: str | None = None, **how: object) -> bytes:
    image = Image.fromarray(pixels)
    file = io.BytesIO()
    (image.convert(mode) if mode else image).save(file, kind, **how)
    return file.getvalue()


def png_that_says(width: int, height: int) -> bytes:
    """A header, and where pixels would begin."""
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    end = struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + end + b"\0\0\0\x09IDAT"


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_png_comes_back_as_it_was(mode: str) -> None:
    pixels = RNG.integers(0, 256, (40, 60, 3)[: 2 + (mode == "RGB")], dtype=np.uint8)
    read = read_picture(saved(pixels))
    assert np.array_equal(read.pixels, pixels)
    assert (read.height, read.width) == (40, 60)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_becomes_gray_or_rgb(mode: str) -> None:
    pixels = np.full((20, 30, 3), 200, dtype=np.uint8)
    if mode == "I;16":
        data = saved(np.full((20, 30), 200 * 257, dtype=np.uint16))
    else:
        data = saved(pixels, "JPEG" if mode == "CMYK" else "PNG", mode)
    read = read_picture(data)
    assert read.pixels.dtype == np.uint8
    assert read.pixels.shape in ((20, 30), (20, 30, 3))
    if mode != "1":
        assert abs(int(read.pixels.flat[0]) - 200) <= 8


def test_what_is_seen_through_is_white() -> None:
    clear = np.zeros((20, 20, 4), dtype=np.uint8)
    assert (read_picture(saved(clear)).pixels == 255).all()


def test_a_picture_that_lies_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees
    read = read_picture(saved(np.zeros((20, 50, 3), dtype=np.uint8), "JPEG", exif=exif))
    assert read.pixels.shape == (50, 20, 3)
    assert (read.height, read.width) == (50, 20)


def test_a_large_picture_is_kept_small() -> None:
    read = read_picture(saved(np.zeros((1500, 2000, 3), dtype=np.uint8), "JPEG"))
    assert (read.height, read.width) == (1500, 2000)
    assert max(read.pixels.shape) == LONGEST


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no picture that can be read"),
        (b"Once upon a time there was a text.", "no picture that can be read"),
        (b"GIF89a" + b"\0" * 50, "no picture that can be read"),
        (png_that_says(10_000, 10_000), "10,000 × 10,000 pixels: choose one of at most 20 million"),
        (png_that_says(2**31 - 1, 2**31 - 1), "at most 20 million"),
        (png_that_says(4, 4), "too narrow"),
        (png_that_says(100_000, 20), "too narrow"),
        (png_that_says(100, 100), "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 100, "damaged"),
        (saved(np.zeros((64, 64, 3), np.uint8), "JPEG")[:300], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), "too large"),
    ],
)
def test_anything_else_is_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(BadPicture, match=said):
        read_picture(data)


WHOLE = [saved(RNG.integers(0, 256, (24, 24, 3), dtype=np.uint8), kind) for kind in ("PNG", "JPEG")]


@given(st.sampled_from(WHOLE), st.data())
def test_a_file_with_wrong_bytes_is_a_picture_or_a_sentence(whole: bytes, data: st.DataObject):
    spoiled = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = read_picture(bytes(spoiled[: data.draw(st.integers(1, len(whole)))]))
    except BadPicture:
        return
    assert read.pixels.dtype == np.uint8


def test_a_smaller_picture_is_made_of_means() -> None:
    pixels = np.array([[0, 100], [50, 250]], dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    assert shrunk(pixels, 2).tolist() == [[0, 100], [50, 250]]
    assert shrunk(pixels, 1).tolist() == [[100]]
    assert shrunk(pixels, 99) is pixels

"""A picture from outside: bytes of a PNG or JPEG as an array, and a sentence for all else.

What a file says of itself is not believed: its first bytes decide what it is, and its size in
pixels is looked at before one of them is decoded.
"""

import io
import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lm_core.errors import BadPicture

if TYPE_CHECKING:
    from PIL import Image

MOST_BYTES = 10_000_000
MOST_PIXELS = 20_000_000
LEAST_SIDE, LONGEST = 16, 1024  # pixels: of the shorter side; of the longer one that is kept
DAMAGED = (  # what a decoder raises
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, EOFError),
    *(AttributeError, struct.error, zlib.error),
)
PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"  # how they begin


class Read(NamedTuple):
    """A picture as it is kept, and what its file held."""

    pixels: np.ndarray  # (H, W) or (H, W, 3) uint8
    height: int
    width: int


def read_picture(data: bytes) -> Read:
    """The picture in `data`, at most `LONGEST` pixels on its longer side; what is see-through lies
    on white.

    Raises:
        BadPicture: it is no PNG or JPEG, too large, too narrow, or damaged.
    """
    from PIL import ImageOps
    from PIL.JpegImagePlugin import JpegImageFile
    from PIL.PngImagePlugin import PngImageFile

    if len(data) > MOST_BYTES:
        raise BadPicture(f"The file is too large: choose one of at most {MOST_BYTES:,} bytes.")
    if not data.startswith((PNG, JPEG)):
        raise BadPicture("This is no picture that can be read here: choose a PNG or a JPEG.")
    try:
        # Not by Image.open, which warns of a large picture before its size can be looked at.
        kind = PngImageFile if data.startswith(PNG) else JpegImageFile
        with kind(io.BytesIO(data)) as opened:
            width, height = opened.size
            _check_size(height, width)
            opened.draft(None, (LONGEST, LONGEST))  # a large JPEG is decoded small
            image = ImageOps.exif_transpose(opened)
            image = _plain(image)
    except DAMAGED:
        raise BadPicture("The picture is damaged: save it anew, or choose another.") from None
    if image.height > image.width and width > height:  # it was turned
        height, width = width, height
    return Read(shrunk(np.asarray(image), LONGEST), height, width)


def _check_size(height: int, width: int) -> None:
    if height * width > MOST_PIXELS:
        raise BadPicture(
            f"The picture has {height:,} × {width:,} pixels: choose one of at most "
            f"{MOST_PIXELS // 10**6} million."
        )
    if min(height, width) * min(1, LONGEST / max(height, width)) < LEAST_SIDE:
        raise BadPicture(
            f"The picture has {height:,} × {width:,} pixels, which is too narrow: choose one of at "
            f"least {LEAST_SIDE} × {LEAST_SIDE}, and not so long."
        )


def _plain(image: "Image.Image") -> "Image.Image":
    """The image in gray or in RGB, 8 bits a number."""
    from PIL import Image

    if image.mode.startswith("I"):  # 16 bits
        return Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    if image.has_transparency_data:
        gray, image = image.mode == "LA", image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("L" if gray else "RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def shrunk(pixels: np.ndarray, longest: int) -> np.ndarray:
    """A picture with at most `longest` pixels on its longer side, each the mean of those it covers;
    never larger. `pixels`: (H, W) or (H, W, 3) uint8."""
    from PIL import Image

    H, W = pixels.shape[:2]
    if max(H, W) <= longest:
        return pixels
    size = max(1, round(W * longest / max(H, W))), max(1, round(H * longest / max(H, W)))
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))

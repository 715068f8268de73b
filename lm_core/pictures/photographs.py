"""Photographs that come with scikit-image, and a drawing that needs nothing.

All are free to use: in the public domain, CC0, or without known restrictions, as scikit-image's
documentation of each says (https://scikit-image.org/docs/stable/api/skimage.data.html).
"""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import UnknownName, nearest
from lm_core.pictures.extra import scikit_image


@dataclass(frozen=True)
class Photograph:
    """What is known of one; `file` is in the data folder of scikit-image."""

    title: str
    what: str
    file: str = ""


PHOTOGRAPHS = {
    "astronaut": Photograph(
        title="Astronaut", what="Eileen Collins, in front of a flag", file="astronaut.png"
    ),
    "coins": Photograph(
        title="Coins", what="Greek coins from Pompeii on a gray ground", file="coins.png"
    ),
    "rocket": Photograph(title="Rocket", what="a launch in the evening", file="rocket.jpg"),
    "chelsea": Photograph(title="Cat", what="the face of a cat, close", file="chelsea.png"),
    "coffee": Photograph(title="Coffee", what="a cup on a table of wood", file="coffee.png"),
    "page": Photograph(title="Page", what="printed text, darker at one side", file="page.png"),
    "clock": Photograph(
        title="Clock", what="a clock, moved while it was taken, pale", file="clock_motion.png"
    ),
    "moon": Photograph(
        title="Moon", what="the ground of the moon, almost one gray", file="moon.png"
    ),
    "camera": Photograph(title="Camera", what="a man with a camera on a lawn", file="camera.png"),
    "brick": Photograph(title="Bricks", what="a wall of bricks", file="brick.png"),
    "checkerboard": Photograph(
        title="Checkerboard", what="black and white squares", file="chessboard_GRAY.png"
    ),
    "text": Photograph(title="Text", what="a heading that is cut off", file="text.png"),
    "drawn": Photograph(title="Drawing", what="a disc, a box and a ramp, made here"),
}


def photograph(name: str) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8, as it ships.

    Raises:
        UnknownName: there is none of that name.
        Unsupported: scikit-image is not installed; the drawing needs it not.
    """
    if name not in PHOTOGRAPHS:
        raise UnknownName(f"Unknown picture {name!r}{nearest(name, list(PHOTOGRAPHS))}")
    if name == "drawn":
        return drawn()
    scikit_image()
    from importlib.util import find_spec
    from pathlib import Path

    from PIL import Image

    package = Path(find_spec("skimage").origin).parent
    with Image.open(package / "data" / PHOTOGRAPHS[name].file) as image:
        return np.asarray(image)


def drawn() -> np.ndarray:
    """(200, 240, 3) uint8: a disc, a box and a line on a ramp from dark to light."""
    rows, columns = np.mgrid[:200, :240]
    ramp = 40 + columns * 0.5  # (H, W)
    picture = np.stack([ramp * 0.8, ramp, ramp * 1.1], axis=-1)  # (H, W, 3)
    picture[(rows - 70) ** 2 + (columns - 75) ** 2 < 45**2] = (230, 159, 0)
    picture[100:170, 130:210] = (0, 90, 160)
    picture[np.abs(rows - 185 + columns // 4) < 3] = (20, 20, 20)
    return picture.clip(0, 255).astype(np.uint8)

"""A picture to be looked at: large enough, with what a step marked on it."""

import numpy as np

from lm_core.pictures.contract import Looked

WIDE = 480  # pixels, that a small picture is made at least, each of its pixels a square
LINE, POINT, BOX = (213, 94, 0), (230, 159, 0), (0, 114, 178)


def shown(looked: Looked, framed: tuple[int, int, int, int] | None = None) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8. `framed`: row, column, height, width of a part with a frame."""
    from PIL import Image, ImageDraw

    pixels = (looked.pixels * 255).round().astype(np.uint8)
    times = max(1, -(-WIDE // max(1, pixels.shape[1])))
    large = pixels.repeat(times, 0).repeat(times, 1)
    if not (looked.lines or looked.points is not None or looked.boxes or framed):
        return large
    image = Image.fromarray(large).convert("RGB")
    draw = ImageDraw.Draw(image)
    for line in looked.lines:
        places = [((c + 0.5) * times, (r + 0.5) * times) for r, c in line]
        if len(places) > 1:
            draw.line(places, fill=LINE, width=2)
    reach = 3 * times
    for r, c in () if looked.points is None else looked.points:
        x, y = (c + 0.5) * times, (r + 0.5) * times
        for width, color in ((5, (0, 0, 0)), (2, POINT)):  # seen on light and on dark
            draw.line([(x - reach, y), (x + reach, y)], fill=color, width=width)
            draw.line([(x, y - reach), (x, y + reach)], fill=color, width=width)
    for box in looked.boxes:
        x, y = box.column * times, box.row * times
        corners = [x, y, x + box.width * times - 1, y + box.height * times - 1]
        draw.rectangle(corners, outline=(255, 255, 255), width=6)
        draw.rectangle(
            [corners[0] + 1, corners[1] + 1, corners[2] - 1, corners[3] - 1], outline=BOX, width=4
        )
    if framed:
        top, left, high, wide = (one * times for one in framed)
        corners = (left - 3, top - 3, left + wide + 2, top + high + 2)
        draw.rectangle(corners, outline=(255, 255, 255), width=3)
        draw.rectangle(
            [corners[0] + 1, corners[1] + 1, corners[2] - 1, corners[3] - 1], outline=LINE, width=2
        )
    return np.asarray(image)

"""Drawn faces whose age is a number that they are drawn from. Nobody is in them.

With the age the head grows longer and the eyes smaller, the hair line goes back and the hair turns
grey, lines come into the forehead, beside the eyes and beside the mouth, and the cheeks sink. Each
of these is a few years early or late, by chance, so that no single one tells the age. Two things
have nothing to do with age and are there to be compared by: the light, dim for one in seven, and
the pen, thin or thick.

Real faces age in other ways, and each person in their own: what is learned here says nothing about
people.
"""

from dataclasses import dataclass

import numpy as np

SIDE = 40  # pixels
YOUNGEST, OLDEST = 1, 90  # years
EARLY = 2.0  # standard deviation in years of how early a sign of age comes
LIGHTS, PENS = ("bright", "dim"), ("thin", "thick")
DIM, THICK = 0.15, 0.5  # how many
SKINS = ((0.96, 0.82, 0.70), (0.86, 0.67, 0.52), (0.66, 0.47, 0.34), (0.43, 0.29, 0.21))
HAIR = ((0.16, 0.11, 0.08), (0.36, 0.22, 0.12), (0.62, 0.44, 0.22), (0.55, 0.24, 0.12))
GREY = (0.82, 0.82, 0.84)


@dataclass(frozen=True, eq=False)
class Face:
    """A picture, the age it was drawn from, and what it is compared by."""

    pixels: np.ndarray  # (side, side, 3) float32, from 0 to 1
    age: int  # years
    light: str
    pen: str


class Sheet:
    """A square to draw on, from -1 to 1 both ways, y down; edges are a pixel soft."""

    def __init__(self, side: int, color: tuple[float, ...]) -> None:
        self.side, self.soft = side, side / 2  # pixels; one pixel in these units
        self.line_at = (np.arange(side) + 0.5) / side * 2 - 1
        self.pixels = np.broadcast_to(np.array(color), (side, side, 3)).copy()

    def part(self, low: float, high: float, more: float) -> slice:
        """Pixels from `low` to `high` along a side, and `more` around."""
        first, last = ((one + 1) * self.soft for one in (low - more, high + more))
        return slice(max(0, int(first) - 1), min(self.side, max(0, int(last) + 2)))

    def fill(self, covered: np.ndarray, color: np.ndarray, much: float, part: tuple) -> None:
        """Lay a colour over a part of the sheet, as much as it is covered."""
        shown = self.pixels[part]
        shown += (much * covered)[..., None] * (color - shown)

    def ellipse(
        self,
        at: tuple[float, float],
        size: tuple[float, float],
        color: np.ndarray | tuple[float, ...],
        *,
        much: float = 1.0,
        above: float | None = None,
    ) -> None:
        """Filled, around (x, y) with half axes (rx, ry); of it only what is `above` that height."""
        (x, y), (rx, ry) = at, size
        part = self.part(y - ry, y + ry, 0), self.part(x - rx, x + rx, 0)
        down, across = self.line_at[part[0]][:, None], self.line_at[part[1]][None, :]
        away = np.sqrt(((across - x) / rx) ** 2 + ((down - y) / ry) ** 2)
        covered = ((1 - away) * min(rx, ry) * self.soft + 0.5).clip(0, 1)
        if above is not None:
            covered *= ((above - down) * self.soft + 0.5).clip(0, 1)
        self.fill(covered, np.asarray(color), much, part)

    def line(
        self, x: np.ndarray, y: np.ndarray, thick: float, color: tuple[float, ...], much: float
    ) -> None:
        """Through the points (x, y), `thick` wide."""
        if much <= 0.01:
            return
        part = self.part(y.min(), y.max(), thick), self.part(x.min(), x.max(), thick)
        down, across = self.line_at[part[0]][:, None], self.line_at[part[1]][None, :]
        far = np.full((down.size, across.size), 9.0)
        for a, b, c, d in zip(x, y, x[1:], y[1:], strict=False):
            dx, dy = c - a, d - b
            on = ((across - a) * dx + (down - b) * dy) / (dx * dx + dy * dy + 1e-9)
            on = on.clip(0, 1)  # how far along is the nearest point
            far = np.minimum(far, np.hypot(across - a - on * dx, down - b - on * dy))
        covered = ((thick / 2 - far) * self.soft + 0.5).clip(0, 1)
        self.fill(covered, np.asarray(color), much, part)


def draw_face(seed: int, *, age: int | None = None, side: int = SIDE) -> Face:
    """The face of that number, always the same one.

    Args:
        age: in years; None is that of the number. The same person older or younger otherwise.
        side: pixels.
    """
    rng = np.random.default_rng([11, seed])
    drawn = rng.normal(32, 14) if rng.random() < 0.5 else rng.uniform(YOUNGEST, OLDEST)
    own = int(np.clip(round(drawn), YOUNGEST, OLDEST))
    age = own if age is None else age
    late = rng.normal(0, EARLY, 6)  # years: of growth, eyes, hair line, grey, lines, cheeks

    def grown(sign: int, start: float, end: float) -> float:
        """How far one sign of age has come, from 0 at `start` to 1 at `end`."""
        return float(np.clip((age + late[sign] - start) / (end - start), 0, 1))

    skin, hair = (np.array(some[rng.integers(len(some))]) for some in (SKINS, HAIR))
    skin = skin * rng.uniform(0.95, 1.05)
    light = LIGHTS[int(rng.random() < DIM)]
    pen = PENS[int(rng.random() < THICK)]
    thick = {"thin": 0.035, "thick": 0.06}[pen]
    x, y = rng.uniform(-0.06, 0.06, 2)
    sheet = Sheet(side, tuple(rng.uniform(0.45, 0.75) + rng.uniform(-0.05, 0.05, 3)))
    ink = tuple(0.4 * skin)

    growth, white = grown(0, 1, 20), grown(3, 32, 78)
    rx, ry = 0.56 + 0.04 * growth, 0.58 + 0.16 * growth
    hair = hair + white * (np.array(GREY) - hair)
    skin = skin - 0.06 * grown(5, 30, 90)
    top = y - ry
    sheet.ellipse((x, y - 0.08), (rx + 0.07, ry + 0.05), hair)
    sheet.ellipse((x, y), (rx, ry), skin)
    # Hair on the forehead: its edge is lower in a child, and goes back later.
    edge = top + 0.34 - 0.08 * growth - 0.26 * grown(2, 25, 85)
    sheet.ellipse((x, y), (rx, ry), hair, above=edge)

    eye = 0.115 - 0.035 * grown(1, 1, 22) - 0.012 * grown(1, 40, 90)
    level = y + 0.12 - 0.12 * growth
    lines = grown(4, 22, 88)
    for way in (-1, 1):
        at = x + way * 0.24
        sheet.ellipse((at, level), (eye * 1.25, eye), (0.97, 0.97, 0.97))
        sheet.ellipse((at, level), (eye * 0.55, eye * 0.6), (0.12, 0.12, 0.15))
        brow = level - eye - 0.07
        sheet.line(
            np.array([at - 0.13, at, at + 0.13]), brow + np.array([0.02, -0.02, 0.02]),
            thick, tuple(0.8 * hair), 0.9,
        )  # fmt: skip
        for k in range(3):  # beside the eye
            start = at + way * (eye * 1.25 + 0.05)
            slope = (k - 1) * 0.06
            sheet.line(
                np.array([start, start + way * 0.11]), level + np.array([slope / 2, slope * 1.5]),
                thick * 0.7, ink, 0.75 * lines,
            )  # fmt: skip
        sheet.line(  # from the nose to the mouth
            x + way * np.array([0.13, 0.2, 0.24]), y + np.array([0.24, 0.34, 0.48]),
            thick * 0.8, ink, 0.85 * lines,
        )  # fmt: skip
        sink = grown(5, 35, 90)
        sheet.ellipse((x + way * 0.36, y + 0.32), (0.11, 0.16), 0.72 * skin, much=0.7 * sink)
    for k in range(3):  # on the forehead
        height = level - 0.27 - 0.085 * k
        wide = np.linspace(-0.26, 0.26, 5)
        sheet.line(x + wide, height + 0.02 * np.cos(9 * wide), thick * 0.7, ink, 0.8 * lines)
    sheet.line(x + np.array([0.0, 0.05, 0.0]), y + np.array([0.06, 0.22, 0.24]), thick, ink, 0.7)
    smile = rng.uniform(-0.02, 0.07)
    mouth = np.linspace(-0.17, 0.17, 5)
    lips = y + 0.42 + 0.03 * growth + smile * (1 - (mouth / 0.17) ** 2)
    sheet.line(x + mouth, lips, thick * 1.3, (0.62, 0.27, 0.27), 0.9)

    pixels = sheet.pixels * (
        rng.uniform(0.9, 1.05) if light == "bright" else rng.uniform(0.35, 0.55)
    )
    pixels = pixels + rng.normal(0, 0.025, pixels.shape)
    return Face(pixels.clip(0, 1).astype(np.float32), age, light, pen)

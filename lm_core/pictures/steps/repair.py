"""Noise, damage, and what fills a hole. What was there before is known, so how well a repair went
is measured: the root of the mean squared difference, in levels.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import Unsupported
from lm_core.figures import percent
from lm_core.pictures import damage
from lm_core.pictures.contract import Looked, apart, level, steps
from lm_core.pictures.extra import scikit_image
from lm_core.settings import Settings, setting

MOST_HOLE = 0.15  # share of a picture that is filled: more takes long, and is invention
PAINTED = damage.painted_of(
    np.pad(np.ones((2, 4), dtype=bool), ((3, damage.DOWN - 5), (6, damage.ACROSS - 10)))
)


@dataclass(frozen=True)
class NoiseSettings(Settings):
    """What is added."""

    kind: str = setting(
        "normal noise",
        title="Kind",
        choices=("normal noise", "salt and pepper"),
        help="A little on every pixel, or some pixels black or white.",
    )
    amount: float = setting(
        25.0,
        title="Amount",
        low=0.0,
        high=100.0,
        help="Normal: its standard deviation in levels. Else: how many of 100 pixels.",
    )
    seed: int = setting(0, title="Seed", low=0, high=2**31 - 1, help="Which noise it is.")


def _explain_noise(
    before: Looked, after: Looked, chosen: NoiseSettings, row: int, column: int
) -> list[str]:
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    return [f"{level(value)} and the noise here, {level(now - value)}, is {level(now)}"]


@steps.register(
    "noise",
    title="Add noise",
    idea="What a camera adds in the dark, made here from a seed.",
    settings=NoiseSettings,
    order=70,
    explain=_explain_noise,
)
def noise(looked: Looked, chosen: NoiseSettings) -> Looked:
    """The picture before is remembered."""
    pixels = damage.noisy(looked.pixels, chosen.kind, chosen.amount, chosen.seed).clip(0, 1)
    before = looked.pixels if looked.clean is None else looked.clean
    return looked.now(
        pixels, ("Difference from the clean one", level(apart(pixels, before) / 255)), clean=before
    )


@dataclass(frozen=True)
class DamageSettings(Settings):
    """What is lost."""

    kind: str = setting(
        "five scratches",
        title="Kind",
        choices=("five scratches", "single pixels", "painted cells"),
        help="Five lines, a tenth of all pixels, or cells that you paint.",
    )
    painted: str = setting(
        PAINTED, title="Painted cells", help="A bit for each of 12 × 16 cells, as 48 hex digits."
    )
    seed: int = setting(0, title="Seed", low=0, high=2**31 - 1, help="Which damage it is.")

    def __post_init__(self) -> None:
        super().__post_init__()
        damage.cells_of(self.painted)


def _explain_damage(
    before: Looked, after: Looked, chosen: DamageSettings, row: int, column: int
) -> list[str]:
    if after.hole is not None and after.hole[row, column]:
        return ["the mask is 1 here: the pixel is lost, and to be repaired"]
    return ["the mask is 0 here: the pixel stays"]


@steps.register(
    "damage",
    title="Damage",
    idea="A mask says with a 1 where pixels are lost.",
    settings=DamageSettings,
    order=71,
    explain=_explain_damage,
)
def lose(looked: Looked, chosen: DamageSettings) -> Looked:
    """What is lost becomes black."""
    hole = damage.hole(looked.pixels.shape[:2], chosen.kind, chosen.painted, chosen.seed)
    pixels = looked.pixels.copy()
    pixels[hole] = 0.0
    before = looked.pixels if looked.clean is None else looked.clean
    return looked.now(
        pixels, ("Share that is lost", percent(float(hole.mean()))), clean=before, hole=hole
    )


def _explain_inpaint(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    if before.hole is None or not before.hole[row, column]:
        return ["the mask is 0 here: the pixel stays as it is"]
    now, was = (np.atleast_1d(one[row, column])[0] for one in (after.pixels, before.clean))
    return [
        f"lost here: from the pixels around the hole it becomes {level(now)}; it was {level(was)}"
    ]


@steps.register(
    "inpaint",
    title="Inpaint",
    idea="The hole is filled as a thin plate would bend that is held at its border.",
    order=72,
    explain=_explain_inpaint,
)
def inpaint(looked: Looked, chosen: Settings) -> Looked:
    """By scikit-image, biharmonic."""
    if looked.hole is None:
        raise Unsupported("There is nothing to repair: put the step “Damage” before it.")
    if looked.hole.mean() > MOST_HOLE:
        raise Unsupported(
            f"More than {percent(MOST_HOLE)} of the picture are lost: paint fewer cells."
        )
    scikit_image()
    from skimage import restoration

    axis = None if looked.pixels.ndim == 2 else -1
    pixels = restoration.inpaint_biharmonic(looked.pixels, looked.hole, channel_axis=axis)
    return mended(looked, np.clip(pixels, 0, 1), looked.hole)


def mended(looked: Looked, pixels: np.ndarray, where: np.ndarray | None = None) -> Looked:
    """With how far it is from the clean one, before and after."""
    if looked.clean is None:
        return looked.now(pixels)
    part = slice(None) if where is None else where
    was = apart(looked.pixels[part], looked.clean[part])
    now = apart(pixels[part], looked.clean[part])
    return looked.now(
        pixels,
        ("Difference from the clean one before", level(was / 255)),
        ("Difference now", level(now / 255)),
        clean=looked.clean,
    )


def explain_mended(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    if before.clean is None:
        return [f"{level(value)} becomes {level(now)}"]
    was = np.atleast_1d(before.clean[row, column])[0]
    return [f"{level(value)} becomes {level(now)}; without noise it was {level(was)}"]

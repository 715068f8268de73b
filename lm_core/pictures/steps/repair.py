"""Noise and what takes it out again; damage and what fills it. What was there before is known, so
how well that went is measured: the root of the mean squared difference, in levels.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.errors import Unsupported
from lm_core.figures import percent
from lm_core.pictures import damage, wavelets
from lm_core.pictures.contract import Looked, apart, level, steps
from lm_core.pictures.extra import scikit_image
from lm_core.settings import Settings, setting

MOST_HOLE = 0.25  # share of a picture that is filled: more takes long, and is invention
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
        help="Normal: its standard deviation in levels. Else: percent of the pixels.",
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
    return _mended(looked, np.clip(pixels, 0, 1), looked.hole)


def _mended(looked: Looked, pixels: np.ndarray, where: np.ndarray | None = None) -> Looked:
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


def _explain_mended(
    before: Looked, after: Looked, chosen: Settings, row: int, column: int
) -> list[str]:
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    if before.clean is None:
        return [f"{level(value)} becomes {level(now)}"]
    was = np.atleast_1d(before.clean[row, column])[0]
    return [f"{level(value)} becomes {level(now)}; without noise it was {level(was)}"]


@dataclass(frozen=True)
class GaussianSettings(Settings):
    """How wide."""

    sigma: float = setting(
        1.0, title="Sigma", low=0.1, high=20.0, unit="pixels", help="Width of the bell of weights."
    )


@steps.register(
    "gaussian",
    title="Gaussian blur",
    idea="A mean of the pixels around, the near ones more: noise goes, and edges with it.",
    settings=GaussianSettings,
    order=80,
    explain=_explain_mended,
)
def gaussian(looked: Looked, chosen: GaussianSettings) -> Looked:
    """Equal to scikit-image's."""
    return _mended(looked, blurred(looked.pixels, chosen.sigma))


def blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    """Each colour by itself; the border goes on beyond itself."""
    from scipy import ndimage

    widths = (sigma, sigma, 0)[: pixels.ndim]
    return ndimage.gaussian_filter(pixels, widths, mode="nearest")


@dataclass(frozen=True)
class TotalVariationSettings(Settings):
    """How much."""

    weight: float = setting(
        0.1, title="Weight", low=0.001, high=1.0, help="The larger, the plainer, like a cartoon."
    )


@steps.register(
    "tv",
    title="Total variation",
    idea="Near to the picture, with as little up and down as can be: plain areas, as in a cartoon.",
    settings=TotalVariationSettings,
    paper="Rudin, Osher, Fatemi, 1992; Chambolle, 2004",
    order=81,
    explain=_explain_mended,
)
def total_variation(looked: Looked, chosen: TotalVariationSettings) -> Looked:
    """By scikit-image's denoise_tv_chambolle."""
    scikit_image()
    from skimage import restoration

    axis = None if looked.pixels.ndim == 2 else -1
    pixels = restoration.denoise_tv_chambolle(
        looked.pixels, weight=chosen.weight, channel_axis=axis
    )
    return _mended(looked, pixels)


@dataclass(frozen=True)
class BilateralSettings(Settings):
    """Near in place, and near in value."""

    sigma_color: float = setting(
        30.0,
        title="Alike within",
        low=1.0,
        high=255.0,
        unit="levels",
        help="How different a pixel may be and still count.",
    )
    sigma_spatial: float = setting(
        2.0,
        title="Near within",
        low=0.5,
        high=8.0,
        unit="pixels",
        help="How far away a pixel may be and still count.",
    )


@steps.register(
    "bilateral",
    title="Bilateral",
    idea="A mean of pixels that are near and alike: what lies across an edge does not count.",
    settings=BilateralSettings,
    paper="Tomasi, Manduchi, 1998",
    order=82,
    explain=_explain_mended,
)
def bilateral(looked: Looked, chosen: BilateralSettings) -> Looked:
    """By scikit-image's denoise_bilateral."""
    scikit_image()
    from skimage import restoration

    axis = None if looked.pixels.ndim == 2 else -1
    pixels = restoration.denoise_bilateral(
        looked.pixels,
        sigma_color=chosen.sigma_color / 255,
        sigma_spatial=chosen.sigma_spatial,
        channel_axis=axis,
    )
    return _mended(looked, pixels)


@steps.register(
    "wavelet",
    title="Wavelets",
    idea="As means and differences, coarse to fine: small differences are noise, and become 0.",
    paper="Donoho, 1995",
    order=83,
    explain=_explain_mended,
)
def wavelet(looked: Looked, chosen: Settings) -> Looked:
    """Our own, Haar's; each colour by itself."""
    pixels = looked.pixels
    if pixels.ndim == 2:
        return _mended(looked, wavelets.denoised(pixels))
    parts = [wavelets.denoised(pixels[..., k]) for k in range(pixels.shape[-1])]
    return _mended(looked, np.stack(parts, axis=-1))


@dataclass(frozen=True)
class NonLocalSettings(Settings):
    """How alike two places must be."""

    h: float = setting(
        20.0,
        title="Alike within",
        low=1.0,
        high=255.0,
        unit="levels",
        help="How different the surroundings may be and still count.",
    )


@steps.register(
    "non-local",
    title="Non-local means",
    idea="A mean of pixels whose surroundings look alike, wherever they are.",
    settings=NonLocalSettings,
    paper="Buades, Coll, Morel, 2005",
    order=84,
    explain=_explain_mended,
)
def non_local(looked: Looked, chosen: NonLocalSettings) -> Looked:
    """By scikit-image's denoise_nl_means: squares of 5 × 5, looked for up to 6 pixels away."""
    scikit_image()
    from skimage import restoration

    axis = None if looked.pixels.ndim == 2 else -1
    pixels = restoration.denoise_nl_means(
        looked.pixels,
        h=chosen.h / 255,
        patch_size=5,
        patch_distance=6,
        fast_mode=True,
        channel_axis=axis,
    )
    return _mended(looked, pixels)

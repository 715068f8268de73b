"""Five ways to take noise out: a blur, total variation, bilateral, wavelets, non-local means."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lm_core.pictures import wavelets
from lm_core.pictures.contract import Looked, steps
from lm_core.pictures.extra import scikit_image
from lm_core.pictures.steps.repair import explain_mended, mended
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class GaussianSettings(Settings):
    """How wide."""

    sigma: float = setting(
        1.0, title="Sigma, in pixels", low=0.1, high=20.0, help="Width of the bell of weights."
    )


@steps.register(
    "gaussian",
    title="Gaussian blur",
    idea="A mean of the pixels around, the near ones more: noise goes, and edges with it.",
    settings=GaussianSettings,
    order=80,
    explain=explain_mended,
)
def gaussian(looked: Looked, chosen: GaussianSettings) -> Looked:
    """Equal to scikit-image's."""
    return mended(looked, blurred(looked.pixels, chosen.sigma))


def blurred(pixels: np.ndarray, sigma: float) -> np.ndarray:
    """Each colour by itself; the border goes on beyond itself."""
    from scipy import ndimage

    widths = (sigma, sigma, 0)[: pixels.ndim]
    return ndimage.gaussian_filter(pixels, widths, mode="nearest")


def restored(looked: Looked, way: str, **how: Any) -> Looked:
    """By a denoiser of scikit-image's, named `way`."""
    scikit_image()
    from skimage import restoration

    colours = None if looked.pixels.ndim == 2 else -1
    return mended(looked, getattr(restoration, way)(looked.pixels, channel_axis=colours, **how))


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
    explain=explain_mended,
)
def total_variation(looked: Looked, chosen: TotalVariationSettings) -> Looked:
    """By scikit-image's denoise_tv_chambolle."""
    return restored(looked, "denoise_tv_chambolle", weight=chosen.weight)


@dataclass(frozen=True)
class BilateralSettings(Settings):
    """Near in place, and near in value."""

    sigma_color: float = setting(
        30.0,
        title="Alike within, in levels",
        low=1.0,
        high=255.0,
        help="How different a pixel may be and still count.",
    )
    sigma_spatial: float = setting(
        2.0,
        title="Near within, in pixels",
        low=0.5,
        high=4.0,
        help="How far away a pixel may be and still count.",
    )


@steps.register(
    "bilateral",
    title="Bilateral",
    idea="A mean of pixels that are near and alike: what lies across an edge does not count.",
    settings=BilateralSettings,
    paper="Tomasi, Manduchi, 1998",
    order=82,
    explain=explain_mended,
)
def bilateral(looked: Looked, chosen: BilateralSettings) -> Looked:
    """By scikit-image's denoise_bilateral."""
    near = {"sigma_color": chosen.sigma_color / 255, "sigma_spatial": chosen.sigma_spatial}
    return restored(looked, "denoise_bilateral", **near)


@steps.register(
    "wavelet",
    title="Wavelets",
    idea="As means and differences, coarse to fine: small differences are noise, and become 0.",
    paper="Donoho, 1995",
    order=83,
    explain=explain_mended,
)
def wavelet(looked: Looked, chosen: Settings) -> Looked:
    """Our own, Haar's; each colour by itself."""
    pixels = looked.pixels
    if pixels.ndim == 2:
        return mended(looked, wavelets.denoised(pixels))
    parts = [wavelets.denoised(pixels[..., k]) for k in range(pixels.shape[-1])]
    return mended(looked, np.stack(parts, axis=-1))


@dataclass(frozen=True)
class NonLocalSettings(Settings):
    """How alike two places must be."""

    h: float = setting(
        20.0,
        title="Alike within, in levels",
        low=1.0,
        high=255.0,
        help="How different the surroundings may be and still count.",
    )


@steps.register(
    "non-local",
    title="Non-local means",
    idea="A mean of pixels whose surroundings look alike, wherever they are.",
    settings=NonLocalSettings,
    paper="Buades, Coll, Morel, 2005",
    order=84,
    explain=explain_mended,
)
def non_local(looked: Looked, chosen: NonLocalSettings) -> Looked:
    """By scikit-image's denoise_nl_means: squares of 5 × 5, looked for up to 6 pixels away."""
    squares = {"patch_size": 5, "patch_distance": 6, "fast_mode": True}
    return restored(looked, "denoise_nl_means", h=chosen.h / 255, **squares)

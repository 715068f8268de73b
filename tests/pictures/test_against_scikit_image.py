"""Our filters, thresholds, contrast and shapes are those of scikit-image."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lm_core.pictures import wavelets
from lm_core.pictures.contract import GRAY, begin, gray
from lm_core.pictures.filters import COLUMNS, ROWS, correlated, sobel
from lm_core.pictures.histograms import contrast, equalized, otsu, stretched
from lm_core.pictures.morphology import dilation, erosion, under
from lm_core.pictures.photographs import PHOTOGRAPHS, photograph
from lm_core.pictures.steps.denoising import blurred
from lm_core.pictures.steps.parts import structure
from lm_core.pictures.steps.thresholding import local_limits
from lm_core.pictures.steps.trying import limits

color, data, exposure, feature, filters, morphology = (
    pytest.importorskip(f"skimage.{name}")
    for name in ("color", "data", "exposure", "feature", "filters", "morphology")
)
levels = arrays(np.uint8, st.tuples(st.integers(3, 9), st.integers(3, 9)))


def pixels_of(name: str) -> np.ndarray:
    return gray(begin(photograph(name)).pixels)


@pytest.mark.parametrize("name", [name for name in PHOTOGRAPHS if name != "drawn"])
def test_the_photographs_are_scikit_images_own(name: str) -> None:
    assert np.array_equal(photograph(name), getattr(data, name)())


def test_gray() -> None:
    astronaut = data.astronaut()
    assert gray(begin(astronaut).pixels) == pytest.approx(color.rgb2gray(astronaut), abs=1e-12)
    assert sum(GRAY) == pytest.approx(1)


@given(levels)
def test_sobel(of: np.ndarray) -> None:
    pixels = of / 255
    assert sobel(pixels) == pytest.approx(filters.sobel(pixels), abs=1e-12)
    assert correlated(pixels, ROWS / 4) == pytest.approx(filters.sobel_h(pixels), abs=1e-12)
    assert correlated(pixels, COLUMNS / 4) == pytest.approx(filters.sobel_v(pixels), abs=1e-12)


def test_sobel_on_a_photograph() -> None:
    pixels = pixels_of("coins")
    assert np.abs(sobel(pixels) - filters.sobel(pixels)).max() < 1e-12


@given(levels)
def test_otsu(of: np.ndarray) -> None:
    ours = otsu(of / 255)
    if of.min() == of.max():
        assert ours == of.max()
        return
    theirs = filters.threshold_otsu(of)
    assert np.array_equal(of > ours, of > theirs) or _between(of, ours) == pytest.approx(
        _between(of, theirs)
    )


def _between(of: np.ndarray, limit: int) -> float:
    dark, light = of[of <= limit].astype(float), of[of > limit].astype(float)
    return dark.size * light.size * (dark.mean() - light.mean()) ** 2


@pytest.mark.parametrize("name", ["coins", "page", "clock", "camera"])
def test_otsu_on_photographs(name: str) -> None:
    assert otsu(pixels_of(name)) == filters.threshold_otsu(photograph(name))


def test_local_limits() -> None:
    page = photograph("page")
    ours = local_limits(page / 255, 35, 10)
    assert ours == pytest.approx(filters.threshold_local(page, 35, offset=10), abs=1e-9)


@given(levels)
def test_stretching_and_equalizing(of: np.ndarray) -> None:
    pixels = of / 255
    assert equalized(pixels) == pytest.approx(exposure.equalize_hist(pixels), abs=1e-12)
    if of.min() < of.max():
        theirs = exposure.rescale_intensity(pixels, out_range=(0.0, 1.0))
        assert stretched(pixels) == pytest.approx(theirs, abs=1e-12)
        assert contrast(stretched(pixels)) == pytest.approx(255)


shapes = arrays(
    np.uint8, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=st.integers(0, 1)
)


@given(levels, shapes.filter(lambda shape: shape.any()))
def test_erosion_and_dilation_of_gray(of: np.ndarray, shape: np.ndarray) -> None:
    pixels = of / 255
    fits = morphology.erosion(pixels, shape, mode="max")  # infinite where all is outside
    hits = morphology.dilation(pixels, shape, mode="min")
    assert np.array_equal(erosion(pixels, shape), fits.clip(max=1))
    assert np.array_equal(dilation(pixels, shape), hits.clip(min=0))
    for pad, made, pick in ((0.0, dilation, max), (1.0, erosion, min)):
        assert pick(under(pixels, shape, pad, 1, 2)) == made(pixels, shape)[1, 2]


@given(arrays(bool, (7, 8)), st.sampled_from([(3, 3), (1, 3), (5, 3)]))
def test_the_functions_that_the_course_names(of: np.ndarray, size: tuple[int, int]) -> None:
    element = morphology.footprint_rectangle(size)
    pairs = ((erosion, morphology.binary_erosion), (dilation, morphology.binary_dilation))
    with warnings.catch_warnings():  # they are going to be old names
        warnings.simplefilter("ignore")
        for ours, theirs in pairs:
            assert np.array_equal(ours(of.astype(float), element), theirs(of, element))


def test_a_blur() -> None:
    pixels = begin(photograph("chelsea")).pixels
    theirs = filters.gaussian(pixels, 2, channel_axis=-1)
    assert blurred(pixels, 2) == pytest.approx(theirs, abs=1e-9)


def test_what_harris_looks_at() -> None:
    pixels = pixels_of("checkerboard")
    A = structure(pixels)
    theirs = feature.structure_tensor(pixels, sigma=1, order="rc")
    for ours, one in zip((A[..., 0, 0], A[..., 0, 1], A[..., 1, 1]), theirs, strict=True):
        assert ours == pytest.approx(one, abs=1e-9)
    response = feature.corner_harris(pixels)
    det = A[..., 0, 0] * A[..., 1, 1] - A[..., 0, 1] ** 2
    assert det - 0.05 * (A[..., 0, 0] + A[..., 1, 1]) ** 2 == pytest.approx(response, abs=1e-9)


@given(arrays(float, (6, 8), elements=st.floats(0, 1)))
def test_wavelets_lose_nothing_and_keep_the_energy(pixels: np.ndarray) -> None:
    mean, bands = wavelets.forward(pixels)
    assert wavelets.backward(mean, bands) == pytest.approx(pixels, abs=1e-12)
    energy = (mean**2).sum() + sum((band**2).sum() for band in bands)
    assert energy == pytest.approx((pixels**2).sum())
    assert wavelets.denoised(pixels, 0.0) == pytest.approx(pixels, abs=1e-12)


def test_wavelets_take_noise_out() -> None:
    clean = pixels_of("camera")[100:260, 100:300]
    noisy = clean + np.random.default_rng(0).normal(0, 0.1, clean.shape)
    assert wavelets.spread_of_noise(noisy) == pytest.approx(0.1, rel=0.1)
    before, after = (
        np.sqrt(((one - clean) ** 2).mean()) for one in (noisy, wavelets.denoised(noisy))
    )
    assert after < before / 2


@pytest.mark.parametrize("name", ["coins", "page"])
def test_all_limits_are_those_that_it_tries_itself(name: str) -> None:
    found = limits(pixels_of(name))
    whole = photograph(name)
    for method, limit in found.items():
        try:
            theirs = getattr(filters, f"threshold_{method}")(whole)
        except RuntimeError:
            theirs = None
        assert limit == theirs

"""Several ways to find a threshold, one beside the other, as try_all_threshold of scikit-image."""

from dataclasses import dataclass

from lm_core.pictures.contract import Looked, level, only_gray, steps
from lm_core.pictures.extra import scikit_image
from lm_core.pictures.steps.thresholding import cut
from lm_core.settings import Settings, setting

METHODS = ("isodata", "li", "mean", "minimum", "otsu", "triangle", "yen")


@dataclass(frozen=True)
class TryAllSettings(Settings):
    """Which of them is shown."""

    method: str = setting(
        "otsu", title="Shown", choices=METHODS, help="All limits are listed; this one cuts."
    )


def limits(pixels) -> dict[str, float | None]:
    """The limit of each method in levels; None where it finds none.

    Args:
        pixels: (H, W) from 0 to 1.
    """
    scikit_image()
    from skimage import filters

    whole, found = (pixels * 255).round().astype("uint8"), {}
    for name in METHODS:
        try:
            found[name] = float(getattr(filters, f"threshold_{name}")(whole))
        except RuntimeError:  # minimum: the histogram never has two heaps
            found[name] = None
    return found


def _explain(
    before: Looked, after: Looked, chosen: TryAllSettings, row: int, column: int
) -> list[str]:
    value = level(before.pixels[row, column])
    return [
        f"{name}: {value} against {'–' if limit is None else level(limit / 255)}"
        for name, limit in limits(before.pixels).items()
    ]


@steps.register(
    "try-all",
    title="Try all thresholds",
    idea="Seven ways to find one limit for all, listed; one of them cuts.",
    settings=TryAllSettings,
    order=33,
    explain=_explain,
)
def try_all(looked: Looked, chosen: TryAllSettings) -> Looked:
    """Where they differ much, one limit for all is not enough."""
    found = limits(only_gray(looked))
    facts = [(name, "–" if limit is None else level(limit / 255)) for name, limit in found.items()]
    limit = found[chosen.method]
    return cut(looked, 255.0 if limit is None else limit, *facts)

"""Faces: found by a window that slides over the picture in many sizes, and blurred.

The detector is scikit-image's: simple patterns of light and dark, in stages, of which most windows
fail the first (Viola, Jones, 2001; Liao and others, 2007). It finds faces from the front, misses
many others, and takes some things for faces that are none: nobody's privacy should hang on it.
"""

from dataclasses import dataclass

from lm_core.errors import BadSettings, Unsupported
from lm_core.pictures.contract import Box, Looked, level, steps
from lm_core.pictures.extra import scikit_image
from lm_core.pictures.steps.denoising import blurred
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class FaceSettings(Settings):
    """How the window moves and grows."""

    scale_factor: float = setting(
        1.2, title="Grows by", low=1.05, high=2.0, help="How much larger each next window is."
    )
    step_ratio: float = setting(
        1.0, title="Step", low=1.0, high=3.0, help="1 looks everywhere, 1.5 is quicker."
    )
    min_size: int = setting(
        40, title="Smallest face, in pixels", low=24, high=600, help="Of the first window."
    )
    max_size: int = setting(
        200, title="Largest face, in pixels", low=24, high=1000, help="Of the last window."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_size > self.max_size:
            raise BadSettings("min_size must be at most max_size.", "min_size", "max_size")


def _inside(boxes: tuple[Box, ...], row: int, column: int) -> list[Box]:
    return [
        box
        for box in boxes
        if 0 <= row - box.row < box.height and 0 <= column - box.column < box.width
    ]


def _explain_faces(
    before: Looked, after: Looked, chosen: FaceSettings, row: int, column: int
) -> list[str]:
    sizes = [chosen.min_size]
    while sizes[-1] * chosen.scale_factor <= chosen.max_size:
        sizes.append(round(sizes[-1] * chosen.scale_factor))
    inside = bool(_inside(after.faces, row, column))
    return [
        f"about {len(sizes)} sizes of the window, from {sizes[0]} to {sizes[-1]} pixels",
        "this pixel lies in a box that was found"
        if inside
        else "this pixel lies in no box that was found",
    ]


@steps.register(
    "faces",
    title="Find faces",
    idea="A window slides over the picture in many sizes and asks: is this a face from the front?",
    settings=FaceSettings,
    paper="Viola, Jones, 2001",
    order=93,
    explain=_explain_faces,
)
def faces(looked: Looked, chosen: FaceSettings) -> Looked:
    """By scikit-image's Cascade, with the patterns that ship with it."""
    scikit_image()
    from skimage import data, feature

    detector = feature.Cascade(data.lbp_frontal_face_cascade_filename())
    side = min(looked.pixels.shape[:2])
    found = (
        detector.detect_multi_scale(
            img=looked.pixels,
            scale_factor=chosen.scale_factor,
            step_ratio=chosen.step_ratio,
            min_size=(chosen.min_size,) * 2,
            max_size=(min(chosen.max_size, side),) * 2,
        )
        if chosen.min_size <= side
        else []
    )
    boxes = tuple(Box(one["r"], one["c"], one["height"], one["width"]) for one in found)
    return looked.marked(("Faces found", f"{len(boxes):,}"), faces=boxes, boxes=boxes)


@dataclass(frozen=True)
class BlurSettings(Settings):
    """How unreadable."""

    sigma: float = setting(
        8.0, title="Sigma, in pixels", low=0.5, high=50.0, help="Large, or a face is known."
    )


def _explain_blur(
    before: Looked, after: Looked, chosen: BlurSettings, row: int, column: int
) -> list[str]:
    import numpy as np

    if not _inside(before.faces, row, column):
        return ["outside of every box: the pixel stays as it is"]
    value, now = (np.atleast_1d(one.pixels[row, column])[0] for one in (before, after))
    return [f"inside a box: a mean of what is around, {level(value)} becomes {level(now)}"]


@steps.register(
    "blur-faces",
    title="Blur the faces",
    idea="What the boxes hold is cut out, blurred, and put back.",
    settings=BlurSettings,
    order=94,
    explain=_explain_blur,
)
def blur_faces(looked: Looked, chosen: BlurSettings) -> Looked:
    """Cut, blur, stitch."""
    if not looked.faces:
        raise Unsupported("No face was found: put the step “Find faces” before it.")
    pixels = looked.pixels.copy()
    for box in looked.faces:
        rows = slice(box.row, box.row + box.height)
        columns = slice(box.column, box.column + box.width)
        pixels[rows, columns] = blurred(pixels[rows, columns], chosen.sigma)
    return looked.now(pixels, ("Faces blurred", f"{len(looked.faces):,}"))

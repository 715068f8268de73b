"""Made scenes with the class of every pixel: discs, squares and triangles in noise, by rule."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register, untold

COUNTS = {"train": 1600, "validation": 200, "test": 200}  # scenes, one after the other by number
KIND = "picture masks"
TOLD = 100  # scenes between two words of progress

INFO = CorpusInfo(
    name="shapes",
    title="Shapes with their masks",
    licence="None needed: made by rule.",
    may_be_passed_on=True,
    source="Drawn on this machine from a number for each scene (lm_core/pictures/scenes.py).",
    kind=KIND,
    size="2,000 scenes of 32 × 32 pixels",
    split_rule="Scenes 0 to 1,599 train, the next 200 validate, 200 more test.",
)


@register(
    INFO,
    idea="Discs, squares and triangles in noise, and of each pixel what it belongs to.",
    order=520,
    sources=list,
)
def load_shapes(progress: Progress | None = None) -> Numbers:
    """2,000 scenes in about a second."""
    import torch

    from lm_core.pictures.scenes import CLASSES, draw_scene
    from lm_core.pictures.splits import PicturesWithMask

    told, total = progress or untold, sum(COUNTS.values())
    splits, first = {}, 0
    for name, count in COUNTS.items():
        scenes = []
        for seed in range(first, first + count):
            if seed % TOLD == 0:
                told(seed, total)
            scenes.append(draw_scene(seed))
        pixels = torch.stack([torch.from_numpy(one.pixels) for one in scenes]).unsqueeze(1)
        masks = torch.stack([torch.from_numpy(one.mask) for one in scenes])
        splits[name] = PicturesWithMask(pixels, masks)  # (N, 1, 32, 32), (N, 32, 32)
        first += count
    return Numbers(INFO, splits, Bare(list(CLASSES), n_classes=len(CLASSES), channels=1))

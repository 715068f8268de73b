"""The made scenes once more, with a box around each thing in place of its pixels."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register, untold
from lm_core.corpora.pictures.shapes import COUNTS, TOLD

INFO = CorpusInfo(
    name="shape-boxes",
    title="Shapes with their boxes",
    licence="None needed: made by rule.",
    may_be_passed_on=True,
    source="Drawn on this machine from a number for each scene (lm_core/pictures/scenes.py).",
    kind="picture boxes",
    size="2,000 scenes of 32 × 32 pixels",
    split_rule="Scenes 0 to 1,599 train, the next 200 validate, 200 more test.",
)


@register(
    INFO,
    idea="Discs, squares and triangles in noise, and a box around each of them.",
    order=521,
    sources=list,
)
def load_boxes(progress: Progress | None = None) -> Numbers:
    """2,000 scenes in about a second."""
    import torch

    from lm_core.pictures.scenes import CLASSES, MOST, draw_scene
    from lm_core.pictures.splits import PicturesWithBoxes

    told, total = progress or untold, sum(COUNTS.values())
    splits, first = {}, 0
    for name, count in COUNTS.items():
        pixels, boxes = [], torch.zeros(count, MOST, 4)
        labels = torch.zeros(count, MOST, dtype=torch.int64)
        for k in range(count):
            if (first + k) % TOLD == 0:
                told(first + k, total)
            scene = draw_scene(first + k)
            pixels.append(torch.from_numpy(scene.pixels))
            for n, thing in enumerate(scene.things):
                boxes[k, n], labels[k, n] = torch.tensor(thing.box), thing.label
        splits[name] = PicturesWithBoxes(torch.stack(pixels).unsqueeze(1), boxes, labels)
        first += count
    return Numbers(INFO, splits, Bare(list(CLASSES), n_classes=len(CLASSES), channels=1))

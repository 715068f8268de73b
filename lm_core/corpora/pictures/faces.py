"""Drawn faces and the age that each was drawn from: no photographs, nobody is in them."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register, untold

COUNTS = {"train": 1600, "validation": 200, "test": 200}  # faces, one after the other by number
KIND = "picture values"
TOLD = 50  # faces between two words of progress

INFO = CorpusInfo(
    name="faces",
    title="Drawn faces with an age",
    licence="None needed: made by rule.",
    may_be_passed_on=True,
    source="Drawn on this machine from a number for each face (lm_core/pictures/faces.py).",
    kind=KIND,
    size="2,000 pictures of 40 × 40 pixels",
    split_rule="Faces 0 to 1,599 train, the next 200 validate, 200 more test.",
    about=(
        "The age is the number that a face was drawn from. These are drawings and no people: what "
        "is learned from them says nothing about anybody."
    ),
)


@register(
    INFO,
    idea="Faces that are drawn from an age, in years: wrinkles, hair and shape follow it.",
    order=530,
    sources=list,
)
def load_faces(progress: Progress | None = None) -> Numbers:
    """2,000 faces in a few seconds."""
    import torch

    from lm_core.pictures.faces import LIGHTS, SIDE, draw_face
    from lm_core.pictures.splits import PicturesWithValue

    told, total = progress or untold, sum(COUNTS.values())
    splits, first = {}, 0
    for name, count in COUNTS.items():
        faces = []
        for seed in range(first, first + count):
            if seed % TOLD == 0:
                told(seed, total)
            faces.append(draw_face(seed))
        pixels = torch.stack([torch.from_numpy(one.pixels) for one in faces])
        splits[name] = PicturesWithValue(
            pixels.permute(0, 3, 1, 2).contiguous(),  # (N, 3, 40, 40)
            torch.tensor([float(one.age) for one in faces]),
            torch.tensor([LIGHTS.index(one.light) for one in faces]),
            [f"{light} light" for light in LIGHTS],
        )
        first += count
    ages = splits["train"].values
    sizes = {"channels": 3, "height": SIDE, "width": SIDE}
    sizes |= {"centre": round(ages.mean().item()), "spread": round(ages.std().item())}
    return Numbers(INFO, splits, Bare(["years"], **sizes))

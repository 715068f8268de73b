"""Points in the plane that a rule scatters: what a game of two networks is first tried on."""

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register

N_TRAIN, N_VALIDATION, N_TEST = 4000, 1000, 1000
SETS = {
    "ring": ("Points on a ring", "Points on a circle: one piece, with a hole in it."),
    "moons": ("Points in two moons", "Two half circles that lie in each other."),
    "gaussians": (
        "Points in eight heaps",
        "Eight heaps on a circle: a game that ends in some of them has lost the others.",
    ),
}


def _info(shape: str) -> CorpusInfo:
    return CorpusInfo(
        name=f"points-{shape}",
        title=SETS[shape][0],
        licence="None: made by rule.",
        may_be_passed_on=True,
        source="Made by rule, with a seed of its own for each split.",
        kind="points",
        size=f"{N_TRAIN + N_VALIDATION + N_TEST:,} points",
        split_rule=f"{N_TRAIN:,} points train, {N_VALIDATION:,} validate, {N_TEST:,} test.",
    )


def made(shape: str) -> Numbers:
    """The points of a shape."""
    from lm_core.pictures.points import Points, scattered

    sizes = {"train": N_TRAIN, "validation": N_VALIDATION, "test": N_TEST}
    splits = {
        name: Points(scattered(shape, n, seed)) for seed, (name, n) in enumerate(sizes.items())
    }
    return Numbers(_info(shape), splits, Bare(dimensions=2))


@register(_info("ring"), idea=SETS["ring"][1], order=510, sources=list)
def load_ring(progress: Progress | None = None) -> Numbers:
    return made("ring")


@register(_info("moons"), idea=SETS["moons"][1], order=511, sources=list)
def load_moons(progress: Progress | None = None) -> Numbers:
    return made("moons")


@register(_info("gaussians"), idea=SETS["gaussians"][1], order=512, sources=list)
def load_gaussians(progress: Progress | None = None) -> Numbers:
    return made("gaussians")

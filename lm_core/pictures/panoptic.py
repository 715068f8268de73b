"""Things told apart: soft masks, one for each thing, and how they are laid over a semantic mask.

    semantic = argmax over the classes
    panoptic = semantic;   for each thing n: panoptic[soft mask n > 0.5] = K + n

Numbers of things begin at K, the number of classes, so that none is taken for a class: in the
course's example of three classes at 3. Mask R-CNN (He et al. 2017) learns to find the things, each
by L = L_cls + L_box + L_mask. Here they come from what drew the scene, or from a model of masks:
then a thing is a connected region of a class, and two of one class that touch are one.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.pictures.boxes import Box
from lm_core.pictures.scenes import CLASSES, Scene, box_of

LEAST = 6  # pixels of a region that counts as a thing
AROUND = 2  # pixels around a region that its soft mask still has


@dataclass(frozen=True, eq=False)
class Instance:
    """One thing that was found."""

    label: int  # its class
    score: float  # how sure it is that the thing is there, from 0 to 1
    soft: np.ndarray  # (H, W), how sure of each pixel, from 0 to 1
    box: Box


def softened(one: np.ndarray) -> np.ndarray:
    """(H, W) of 0 and 1 -> each pixel the mean of the nine around it: sure inside, unsure at the
    edge."""
    wide = np.pad(one.astype(float), 1, mode="edge")
    H, W = one.shape
    return sum(wide[i : i + H, j : j + W] for i in range(3) for j in range(3)) / 9


def true_probabilities(scene: Scene) -> np.ndarray:
    """(K, H, W) that sum to one: the mask of a scene with soft edges."""
    return np.stack([softened(scene.mask == k) for k in range(len(CLASSES))])


def true_instances(scene: Scene) -> list[Instance]:
    """One for each thing that was drawn, the surest first: its soft mask, and as score the mean of
    that inside."""
    found = []
    for number, thing in enumerate(scene.things, start=1):
        inside = scene.instances == number
        soft = softened(inside)
        found.append(Instance(thing.label, float(soft[inside].mean()), soft, thing.box))
    return sorted(found, key=lambda one: -one.score)


def instances_of(probabilities: np.ndarray) -> list[Instance]:
    """Connected regions of each class but the first, the surest first.

    Args:
        probabilities: (K, H, W) of a model; class 0 is the background.
    """
    from scipy import ndimage

    semantic, found = probabilities.argmax(0), []
    for label in range(1, len(probabilities)):
        regions, many = ndimage.label(semantic == label)
        for number in range(1, many + 1):
            inside = regions == number
            if inside.sum() < LEAST:
                continue
            near = ndimage.binary_dilation(inside, iterations=AROUND) & (regions * ~inside == 0)
            soft = np.where(near, probabilities[label], 0.0)
            score = float(probabilities[label][inside].mean())
            found.append(Instance(label, score, soft, box_of(inside)))
    return sorted(found, key=lambda one: -one.score)


def overlaid(
    semantic: np.ndarray, masks: list[np.ndarray], *, first: int, threshold: float = 0.5
) -> list[np.ndarray]:
    """The panoptic mask after each of the soft masks (H, W), the semantic one at first; what comes
    later lies on top. The first thing is number `first`, the next one more."""
    steps = [semantic.copy()]
    for number, soft in enumerate(masks, start=first):
        steps.append(np.where(soft > threshold, number, steps[-1]))
    return steps


def instance_mask(shape: tuple[int, int], masks: list[np.ndarray], *, threshold: float = 0.5):
    """(H, W): things by their numbers from 1, and 0 where there is none."""
    return overlaid(np.zeros(shape, dtype=np.int64), masks, first=1, threshold=threshold)[-1]

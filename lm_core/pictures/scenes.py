"""Made scenes: discs, squares and triangles in noise, and what is known of each: the class of every
pixel, which thing it belongs to, and a box around each thing.

    mask[y, x]       the class of a pixel: 0 background, 1 disc, 2 square, 3 triangle
    instances[y, x]  the number of the thing it belongs to, from 1; 0 where there is none

Everything comes from a seed. A thing that comes later lies on top; of one that is hidden too much
nothing is kept.
"""

from dataclasses import dataclass

import numpy as np

from lm_core.pictures.boxes import Box

CLASSES = ("background", "disc", "square", "triangle")
SIDE = 32  # pixels
MOST = 3  # things in a scene
RADII = 0.16, 0.27  # of a thing, shares of the side
NOISE = 0.1  # standard deviation of the brightness
LEAST = 0.8  # share of a thing that has to be seen


@dataclass(frozen=True)
class Thing:
    """One thing in a scene."""

    label: int  # place in CLASSES
    box: Box  # around what is seen of it: edges lie between pixels


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and everything that is true of it."""

    pixels: np.ndarray  # (side, side) float32, brightness from 0 to 1
    mask: np.ndarray  # (side, side) int64
    instances: np.ndarray  # (side, side) int64
    things: tuple[Thing, ...]  # thing number n at place n - 1


def draw_scene(seed: int, *, side: int = SIDE, noise: float = NOISE) -> Scene:
    """The scene of that number, always the same one.

    Args:
        side: pixels, at least 16.
        noise: standard deviation of what is added to each pixel.
    """
    rng = np.random.default_rng([7, seed])
    pixels = np.full((side, side), rng.uniform(0.15, 0.4))
    instances = np.zeros((side, side), dtype=np.int64)
    labels = []
    for number in range(1, rng.integers(1, MOST + 1) + 1):
        label = int(rng.integers(1, len(CLASSES)))
        covered = shape(label, side, rng)
        before = instances.copy()
        instances[covered] = number
        seen = np.bincount(instances.ravel(), minlength=number + 1)[1:]
        whole = np.bincount(before.ravel(), minlength=number + 1)[1:]
        if number > 1 and (seen[:-1] < LEAST * whole[:-1]).any():
            instances = before  # it would hide another: left out
            break
        pixels[covered] = rng.uniform(0.6, 0.95)
        labels.append(label)
    mask = np.array([0, *labels])[instances]
    pixels = (pixels + rng.normal(0, noise, pixels.shape)).clip(0, 1)
    things = tuple(Thing(k, box_of(instances == n)) for n, k in enumerate(labels, start=1))
    return Scene(pixels.astype(np.float32), mask, instances, things)


def shape(label: int, side: int, rng: np.random.Generator) -> np.ndarray:
    """(side, side) bool: a disc, square or triangle of any size and turn, all of it inside."""
    radius = rng.uniform(*RADII) * side
    x0, y0 = rng.uniform(radius, side - radius, 2)
    turn = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:side, :side] + 0.5 - np.array([y0, x0])[:, None, None]
    if label == 1:
        return x**2 + y**2 <= radius**2
    corners = 4 if label == 2 else 3
    inner = radius * np.cos(np.pi / corners)  # how far its sides are from its middle
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    away = [x * np.cos(a) + y * np.sin(a) for a in angles]  # in the direction of each side
    return np.max(away, axis=0) <= inner


def box_of(covered: np.ndarray) -> Box:
    """Around the pixels that are True, of which there is one at least."""
    rows, columns = np.flatnonzero(covered.any(1)), np.flatnonzero(covered.any(0))
    return Box(*map(float, (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)))

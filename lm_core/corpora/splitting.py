"""Cutting text into train, validation and test so that nothing leaks from one to another."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

SEED = 42  # one fixed split for everyone: figures compare, and shipped models stay honest


def unique(items: Iterable[str]) -> list[str]:
    """The different items, each where it first stood."""
    return list(dict.fromkeys(items))


def split_items(
    items: Iterable[str], *, validation: int, test: int, seed: int = SEED
) -> dict[str, list[str]]:
    """De-duplicate, then shuffle, then cut; `validation` and `test` are numbers of items.

    Shuffling first would put the second copy of an item into another split than the first.
    """
    different = unique(items)
    order = np.random.default_rng(seed).permutation(len(different))
    shuffled = [different[i] for i in order]
    held = validation + test
    return {
        "train": shuffled[held:],
        "validation": shuffled[:validation],
        "test": shuffled[validation:held],
    }


def split_text(text: str, *ends: float) -> dict[str, list[str]]:
    """Cut running text in order. `ends` (0.9, 0.95) is 90/5/5; (0.9,) leaves no test split."""
    n = len(text)
    cuts = [0, *(int(n * end) for end in ends), n]
    parts = [text[a:b] for a, b in pairwise(cuts)]
    parts += [""] * (3 - len(parts))
    train, validation, test = ([part] if part else [] for part in parts)
    return {"train": train, "validation": validation, "test": test}

"""Cutting text into train, validation and test so that nothing leaks from one to another.

Of pairs and of labelled texts that is more than no doubles: a source, or a target, that is held
back to judge by must never have been seen in training. Two sides are the same where they differ in
capitals and blanks alone.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

SEED = 42  # one fixed split for everyone: figures compare, and shipped models stay honest
FEWEST = 5  # texts of a class of which some are held back
_ORDER = ("test", "validation", "train")  # who keeps what two splits would have in common

T = TypeVar("T")
Pair = tuple[str, str]
Sided = TypeVar("Sided", tuple[str, str], tuple[str, float])


def unique(items: Iterable[str]) -> list[str]:
    """The different items, each where it first stood."""
    return list(dict.fromkeys(items))


def same(text: str) -> str:
    """What two texts have in common that differ in capitals and blanks alone."""
    return " ".join(text.casefold().split())


def shuffled(items: Sequence[T], seed: int = SEED) -> list[T]:
    """All of them, in an order drawn once."""
    return [items[i] for i in np.random.default_rng(seed).permutation(len(items))]


def split_items(
    items: Iterable[str], *, validation: int, test: int, seed: int = SEED
) -> dict[str, list[str]]:
    """De-duplicate, then shuffle, then cut; `validation` and `test` are numbers of items.

    Shuffling first would put the second copy of an item into another split than the first.
    """
    order = shuffled(unique(items), seed)
    held = validation + test
    return {
        "train": order[held:],
        "validation": order[:validation],
        "test": order[validation:held],
    }


def split_groups(
    groups: Sequence[Sequence[T]], *, validation: int, test: int, seed: int = SEED
) -> dict[str, list[T]]:
    """Whole groups, shuffled, go to validation and then to test as long as they fit there; the
    others train. `validation` and `test` are the most members that those take.

    Then the members of each split are shuffled, so that those of a group need not stand together.
    """
    rng = np.random.default_rng(seed)
    splits: dict[str, list[T]] = {"train": [], "validation": [], "test": []}
    room = {"validation": validation, "test": test}
    for i in rng.permutation(len(groups)):
        fits = (
            split for split, most in room.items() if len(splits[split]) + len(groups[i]) <= most
        )
        splits[next(fits, "train")] += groups[i]
    for members in splits.values():
        order = rng.permutation(len(members))
        members[:] = [members[i] for i in order]
    return splits


def split_pairs(
    pairs: Iterable[Pair],
    *,
    validation: int,
    test: int,
    documents: Sequence[Hashable] | None = None,
    seed: int = SEED,
) -> dict[str, list[Pair]]:
    """De-duplicate, then shuffle, then cut so that no side of a pair stands in two splits.

    Pairs that share a side, by one another or by way of a third, stay together: all wordings of one
    date, all translations of one sentence. Nothing is lost. With `documents`, whole documents stay
    together, and what they have in common is taken from training (`apart`): a sentence that comes
    in every chapter would tie all chapters to one.

    Args:
        validation: the most pairs that validate; fewer where groups do not fill it exactly.
        test: likewise.
        documents: of each pair, the document it is from.
    """
    first: dict[Pair, tuple[int, Pair]] = {}
    for place, (source, target) in enumerate(pairs):
        first.setdefault((same(source), same(target)), (place, (source, target)))
    places, different = zip(*first.values(), strict=True) if first else ((), ())
    keys = _families(list(first)) if documents is None else [documents[place] for place in places]
    groups: dict[Hashable, list[Pair]] = defaultdict(list)
    for key, pair in zip(keys, different, strict=True):
        groups[key].append(pair)
    splits = split_groups(list(groups.values()), validation=validation, test=test, seed=seed)
    return splits if documents is None else apart(splits)


def split_classes(
    rows: Sequence[tuple[str, str]], *, held_out: float, seed: int = SEED
) -> dict[str, list[tuple[str, str]]]:
    """Of each class the same share validates, and as much tests; a class of fewer than FEWEST texts
    only trains, any other is in all three.

    Args:
        rows: different texts, each with its class.
        held_out: that share, 0 to 0.2.
    """
    classes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in shuffled(rows, seed):
        classes[row[1]].append(row)
    splits: dict[str, list[tuple[str, str]]] = {"train": [], "validation": [], "test": []}
    for of_one in classes.values():
        n = max(1, round(held_out * len(of_one))) if len(of_one) >= FEWEST else 0
        splits["validation"] += of_one[:n]
        splits["test"] += of_one[n : 2 * n]
        splits["train"] += of_one[2 * n :]
    return {split: shuffled(found, seed) for split, found in splits.items()}


def beside(
    rows: Sequence[Sided], held: Sequence[Sided], *, sides: Sequence[int] = (0, 1)
) -> dict[str, list[Sided]]:
    """All of `rows` train, shuffled, but for doubles and for those of which a side stands in
    `held`, which validates as it stands; nothing tests. `sides` as of `apart`."""
    first: dict[tuple[str, ...], Sided] = {}
    for row in rows:
        first.setdefault(tuple(same(str(row[side])) for side in sides), row)
    splits = {"train": shuffled(list(first.values())), "validation": held, "test": []}
    return apart(splits, sides=sides)


def apart(
    splits: Mapping[str, Sequence[Sided]], *, sides: Sequence[int] = (0, 1)
) -> dict[str, list[Sided]]:
    """The splits without what they have in common: training gives up each pair of which a side is
    held back, validation each of which a side is in the test. So what is held back stays as it is,
    the easy ones among it, and what was published can be compared.

    Args:
        sides: of a pair, those that count; (0,) of a text and its label.
    """
    seen: dict[int, set[str]] = {side: set() for side in sides}
    left: dict[str, list[Sided]] = {}
    for split in _ORDER:
        keys = {side: [same(str(pair[side])) for pair in splits[split]] for side in sides}
        left[split] = [
            pair
            for i, pair in enumerate(splits[split])
            if not any(keys[side][i] in seen[side] for side in sides)
        ]
        for side in sides:
            seen[side].update(keys[side])
    return {split: left[split] for split in splits}


def _families(pairs: Sequence[Pair]) -> list[int]:
    """A number for each pair, the same for those that are tied by sides they share."""
    root = list(range(len(pairs)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = i = root[root[i]]  # halves the way for the next who asks
        return i

    for side in (0, 1):
        seen: dict[str, int] = {}
        for i, pair in enumerate(pairs):
            root[find(i)] = find(seen.setdefault(pair[side], i))
    return [find(i) for i in range(len(pairs))]


def split_text(text: str, *ends: float) -> dict[str, list[str]]:
    """Cut running text in order. `ends` (0.9, 0.95) is 90/5/5; (0.9,) leaves no test split."""
    n = len(text)
    cuts = [0, *(int(n * end) for end in ends), n]
    parts = [text[a:b] for a, b in pairwise(cuts)]
    parts += [""] * (3 - len(parts))
    train, validation, test = ([part] if part else [] for part in parts)
    return {"train": train, "validation": validation, "test": test}

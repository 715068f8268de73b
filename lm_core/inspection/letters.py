"""The shape of each tensor of an atlas in the field's letters: (B, H, T, T), (B, T, 4C).

Which size is the batch and which the text is found by trying: the batch is followed again with a
row more, and with a token less, and what grew is B and what shrank is T (S of a source). Sizes that
stay are those of the settings. A size that is none of these, or several at once, stays a number.
"""

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from lm_core.inspection.atlas import Atlas, follow
from lm_core.models.contract import Model

MULTIPLES = range(2, 9)
BETWEEN = ("E", "V")  # after C, the letters that a size is tried as


def with_letters(model: Model, atlas: Atlas, idx: Tensor, target: Tensor | None = None) -> Atlas:
    """The atlas, each entry with its `letters`. idx and target as `follow` had them."""
    known = constants(model)
    text = idx if target is None else target
    varied = {"B": (_more_rows(idx), _more_rows(target))}
    if text.size(1) > 1:
        varied["T"] = (idx[:, :-1], None) if target is None else (idx, target[:, :-1])
    if target is not None and idx.size(1) > 1:
        varied["S"] = (idx[:, :-1], target)
    sizes = {"B": idx.size(0), "T": text.size(1), "S": idx.size(1)}
    others = {letter: follow(model, *given).entries for letter, given in varied.items()}
    for place, made in enumerate(atlas.entries):
        changes: dict[str, Sequence[int]] = {}
        for letter, entries in others.items():
            same = len(entries) == len(atlas.entries)
            shape = entries[place].shape if same and entries[place].name == made.name else ()
            if len(shape) == len(made.shape):
                step = 1 if letter == "B" else -1
                changes[letter] = [step * (b - a) for a, b in zip(made.shape, shape, strict=True)]
        made.letters = in_letters(made.shape, changes, sizes, known)
    return atlas


def in_letters(
    shape: Sequence[int],
    changes: Mapping[str, Sequence[int]],
    sizes: Mapping[str, int],
    known: Mapping[str, int],
) -> tuple[str, ...]:
    """Letters of a shape.

    Args:
        changes: by letter, how much each dimension grows with one more of it.
        sizes: of those letters.
        known: letters of sizes that stay.
    """
    found: list[str] = []
    for i, size in enumerate(shape):
        grows = {letter: by[i] for letter, by in changes.items() if by[i]}
        if len(grows) > 1 and size == _product(sizes[letter] for letter in grows):
            found.append(" ".join(grows))
        elif len(grows) == 1:
            ((letter, by),) = grows.items()
            rest = size - by * sizes[letter]
            own = letter if by == 1 else f"{by}{letter}"
            found.append(own + (f"+{rest}" if rest > 0 else f"−{-rest}" if rest < 0 else ""))
        else:
            found.append(_constant(size, known, place=i, of=len(shape), before=found))
    return tuple(found)


def constants(model: Model) -> dict[str, int]:
    """Letters of the sizes that the settings of a model fix."""
    costs = model.costs()
    known = {} if costs is None else {n: s for n, s in costs.letters.items() if n not in "TBS"}
    if "H" in known and "C" in known:
        known["D"] = known["C"] // known["H"]
    if (V := getattr(model, "vocab_size", None)) is not None:
        known["V"] = V
    return known


def _constant(
    size: int, known: Mapping[str, int], *, place: int, of: int, before: Sequence[str]
) -> str:
    heads = [n for n in ("H", "G") if known.get(n) == size]
    if of == 4 and place == 1 and heads:
        return heads[0]
    if of == 4 and place == 1 and "H" in known and size == 2 * known["H"]:
        return "2H"  # queries and keys together
    if of == 4 and place == 3 and known.get("D") == size:
        return "D"
    if place == 0 and known.get("L") == size and of > 2:
        return "L"
    names = [n for n in ("C", *BETWEEN, *sorted(known)) if n in known and n not in "HGLDg"]
    if place == of - 1 or of < 3:
        for name in names:
            if known[name] == size:
                return name
        if "n" in known and "E" in known and size == known["n"] * known["E"]:
            return "n E"
        for name in names:
            for times in MULTIPLES:
                if known[name] * times == size and known[name] > 1:
                    return f"{times}{name}"
        if size == known.get("V", -2) + 1:
            return "V+1"
    elif known.get("n") == size:
        return "n"
    return str(size)


def _product(numbers: Iterable[int]) -> int:
    product = 1
    for number in numbers:
        product *= number
    return product


def _more_rows(idx: Tensor | None) -> Tensor | None:
    return None if idx is None else torch.cat([idx, idx[:1]])

"""Units that count: which number of a recurrent state goes along with something in the text that a
person can name.

The rule: over N tokens of a text, the correlation (Pearson's r) of each unit's value after a token
with each feature of the place; of every feature the unit with the highest |r|. What it finds goes
along with the feature; that the model uses it so is not shown by that. After Karpathy, Johnson and
Fei-Fei 2015, "Visualizing and Understanding Recurrent Networks".

Shapes: N tokens, C units, F features.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from lm_core.errors import Unsupported
from lm_core.inspection.gates import NONE, has_gates
from lm_core.models.contract import Model, evaluating, numbers_only
from lm_core.models.tracing import trace

VOWELS = frozenset("aeiouAEIOU")
OPENING, CLOSING, STRAIGHT = "“«", "”»", '"'
AT_ONCE = 128  # items that are read side by side


@dataclass(frozen=True)
class Feature:
    """What a place of a text is like: a number for each token, made from the texts of all."""

    title: str
    of: Callable[[Sequence[str]], list[float]]


@dataclass(frozen=True)
class Found:
    """The unit whose value goes along with a feature most."""

    feature: str
    unit: int
    r: float


def states(model: Model, texts: Sequence[Tensor], layer: int, name: str = "hidden") -> Tensor:
    """The state `name` of a layer after every token, (N, C), each text (T,) read from an empty
    state and all in their order.

    Raises:
        Unsupported: the model keeps no state of that name.
        BadCheckpoint: weights too large to compute with.
    """
    if not has_gates(model) or name not in model.kept:
        raise Unsupported(NONE)
    found = []
    with evaluating(model), torch.inference_mode():
        for at in range(0, len(texts), AT_ONCE):
            part = texts[at : at + AT_ONCE]
            idx = pad_sequence(list(part), batch_first=True).to(model.device)  # (B, T)
            with trace(model) as trail:
                numbers_only(model(idx)[0])
            each = trail[f"{layer}.{name}"]  # (B, T, C)
            found += [row[: len(text)] for row, text in zip(each, part, strict=True)]
    return torch.cat(found).float().cpu()


def correlations(values: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Pearson's r of every feature with every unit: (F, C), 0 where one of the two never changes.

    Args:
        values: (N, C).
        features: (N, F).
    """
    v, f = (x - x.mean(0) for x in (values.astype(float), features.astype(float)))
    spread = np.sqrt((f**2).sum(0))[:, None] * np.sqrt((v**2).sum(0))[None]  # (F, C)
    return np.divide(f.T @ v, spread, out=np.zeros_like(spread), where=spread > 1e-12)


def counting_units(values: np.ndarray, pieces: Sequence[str]) -> list[Found]:
    """Of every feature that changes along the text the unit with the highest |r|, the highest
    first.

    Args:
        values: (N, C), the state after each token.
        pieces: N texts of tokens.
    """
    table = {name: np.array(feature.of(pieces)) for name, feature in FEATURES.items()}
    kept = {name: column for name, column in table.items() if len(column) and np.ptp(column) > 0}
    if not kept:
        return []
    r = correlations(values, np.stack(list(kept.values()), axis=1))
    best = np.abs(r).argmax(axis=1)
    found = [Found(n, int(u), float(row[u])) for n, u, row in zip(kept, best, r, strict=True)]
    return sorted(found, key=lambda one: -abs(one.r))


def _since(ends: Callable[[str], bool]) -> Callable[[Sequence[str]], list[float]]:
    """Tokens since the last one that `ends` something, 0 at it."""

    def count(pieces: Sequence[str]) -> list[float]:
        found, n = [], 0
        for piece in pieces:
            n = 0 if ends(piece) else n + 1
            found.append(float(n))
        return found

    return count


def _where(holds: Callable[[str], bool]) -> Callable[[Sequence[str]], list[float]]:
    return lambda pieces: [float(holds(piece)) for piece in pieces]


def _quoted(pieces: Sequence[str]) -> list[float]:
    """1 from an opening mark on, until it is closed or the line ends."""
    found, inside = [], False
    for piece in pieces:
        for char in piece:
            if char in OPENING:
                inside = True
            elif char in CLOSING or char == "\n":
                inside = False
            elif char == STRAIGHT:
                inside = not inside
        found.append(float(inside))
    return found


FEATURES: dict[str, Feature] = {
    "line": Feature("tokens since the line began", _since(lambda piece: "\n" in piece)),
    "word": Feature(
        "tokens since the word began", _since(lambda piece: not piece.strip() or piece[0] == " ")
    ),
    "vowel": Feature("it ends in a vowel", _where(lambda piece: piece[-1:] in VOWELS)),
    "capital": Feature("it has a capital letter", _where(lambda p: any(map(str.isupper, p)))),
    "blank": Feature(
        "a blank or a line end", _where(lambda piece: bool(piece) and not piece.strip())
    ),
    "mark": Feature(
        "a mark as , or .", _where(lambda p: any(not (c.isalnum() or c.isspace()) for c in p))
    ),
    "digit": Feature("it has a digit", _where(lambda p: any(map(str.isdigit, p)))),
    "quotes": Feature("inside quotes", _quoted),
    "doubled": Feature(
        "the same as the token before",
        lambda pieces: [float(bool(i) and p == pieces[i - 1]) for i, p in enumerate(pieces)],
    ),
}

"""How much of what is held out a model has already read in training, and what other ways of
splitting would have let it read.

Shared words are no fault of a split: language repeats itself. A long run that is shared, or a whole
line, is: the model can answer it by heart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lm_core.corpora.corpus import Corpus
from lm_core.corpora.indexed import Indexed, joined
from lm_core.corpora.ngram_counts import among, run_codes
from lm_core.corpora.splitting import SEED, same, shuffled, split_text

RULES = {
    "as it is": "The split that this lab uses.",
    "in order": "All of it as one text, in order: 90 % train, 5 % validate, 5 % test.",
    "documents at random": "Each document, or item, is drawn by lot.",
    "lines at random": "Each line is drawn by lot, wherever it stands.",
}


def shared_runs(parts: Mapping[str, Indexed], orders: Sequence[int]) -> dict[str, dict[int, float]]:
    """By part that is not "train", for each n the share of its runs of n tokens that also stand in
    "train". An n longer than any text of the part is left out.

    Args:
        parts: cut together.
    """
    ends = np.cumsum([len(part.ids) for part in parts.values()])[:-1]
    shares: dict[str, dict[int, float]] = {name: {} for name in parts if name != "train"}
    for n, codes in run_codes(joined(parts.values()), sorted(orders)).items():
        of = {
            name: some[some >= 0] for name, some in zip(parts, np.split(codes, ends), strict=True)
        }
        seen = np.sort(of.pop("train"))
        for name, asked in of.items():
            if len(asked):
                shares[name][n] = float(among(asked, seen).mean())
    return shares


def shared_lines(train: Sequence[str], held: Sequence[str], *, words: int = 1) -> tuple[int, int]:
    """How many lines of `held` also stand in `train`, but for capitals and blanks, and how many
    there are. Lines of fewer than `words` words are left out: "* * *" says nothing."""

    def lines(texts: Sequence[str]) -> list[str]:
        every = (same(line) for text in texts for line in text.split("\n"))
        return [line for line in every if len(line.split()) >= max(1, words)]

    seen, asked = set(lines(train)), lines(held)
    return sum(line in seen for line in asked), len(asked)


@dataclass(frozen=True)
class Windows:
    """What a random split over windows leaks. `copied` is the share of the held-out tokens that
    stand in a training window too; `untouched` the share of held-out windows with none."""

    copied: float
    untouched: float
    held: int  # windows held out


def windows_at_random(
    tokens: int, size: int, *, held_out: float = 0.1, seed: int = SEED
) -> Windows:
    """Cut a text of so many tokens into every window of `size`, one at each place, and draw by lot
    which validate: the naive split.

    Nearly all is copied: a window overlaps with 2 (size - 1) others.
    """
    n = tokens - size + 1
    if n < 2:
        return Windows(0.0, 1.0, max(0, n))
    held = np.random.default_rng(seed).random(n) < held_out  # (n,) by where the window begins
    trains = np.concatenate([[0], np.cumsum(~held)])
    first, last = np.maximum(0, np.arange(tokens) - size + 1), np.minimum(n, np.arange(tokens) + 1)
    seen = trains[last] > trains[first]  # (tokens,) whether any training window covers it
    sums = np.concatenate([[0], np.cumsum(seen)])
    copied = (sums[size:] - sums[:-size])[held]  # tokens of each held-out window that are seen
    if not len(copied):
        return Windows(0.0, 1.0, 0)
    return Windows(float(copied.mean() / size), float((copied == 0).mean()), len(copied))


def resplit(corpus: Corpus, rule: str, *, seed: int = SEED) -> Mapping[str, list[str]]:
    """The texts of a corpus divided by one of RULES: 90/5/5, or where documents are drawn in the
    sizes of its own splits."""
    if rule == "as it is":
        return corpus.splits
    every = [text for texts in corpus.splits.values() for text in texts]
    if rule == "in order":
        return split_text("\n".join(every), 0.9, 0.95)
    if rule == "documents at random":
        sizes = [len(corpus.splits.get(split, ())) for split in ("validation", "test")]
        drawn = shuffled(every, seed)
    else:
        lines = [line for text in every for line in text.split("\n") if line.strip()]
        drawn, sizes = shuffled(lines, seed), [len(lines) // 20] * 2
    held = sum(sizes)
    return {
        "train": drawn[held:],
        "validation": drawn[: sizes[0]],
        "test": drawn[sizes[0] : held],
    }

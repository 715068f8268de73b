"""What the texts of a corpus can be grouped by: their part, a class, a decade, a name, a letter."""

import re
from collections import Counter

import numpy as np

from lm_core.corpora.corpus import AnyCorpus, Corpus, Labelled
from lm_core.corpora.indexed import Indexed
from lm_core.corpora.statistics import filled_splits

MOST = 60  # groups; more than can be chosen from are no groups
_DATED = re.compile(r"(\d{4}) (\S.*)")


def groupings(corpus: AnyCorpus) -> dict[str, list[str]]:
    """By what it is grouped -> the group of each text, the splits one after the other; only where
    there are two groups or more.

    "president" and "decade" where every label reads "1861 Abraham Lincoln", "first letter" of
    items, "class" of labelled texts, and "part of the data".
    """
    splits = filled_splits(corpus)
    found: dict[str, list[str]] = {}
    if isinstance(corpus, Corpus):
        labels = [label for split in splits for label in corpus.labels.get(split, ())]
        dated = [_DATED.fullmatch(label) for label in labels]
        if labels and all(dated):
            found["president"] = [match[2] for match in dated if match]
            found["decade"] = [f"{match[1][:3]}0s" for match in dated if match]
        if corpus.items:
            items = (item for split in splits for item in corpus.splits[split])
            found["first letter"] = [item[:1].casefold() for item in items]
    elif isinstance(corpus, Labelled) and corpus.classes:
        found["class"] = [str(row[1]) for split in splits for row in corpus.splits[split]]
    found["part of the data"] = [split for split in splits for _ in corpus.splits[split]]
    return {by: groups for by, groups in found.items() if 2 <= len(set(groups)) <= MOST}


def counts_by(words: Indexed, groups: list[str]) -> dict[str, np.ndarray]:
    """Group, in the order in which they first come -> (V,) how often each type comes in it.

    Args:
        groups: of each text of `words`.
    """
    names = list(dict.fromkeys(groups))
    place = {name: k for k, name in enumerate(names)}
    of_text = np.array([place[group] for group in groups], dtype=np.int64)
    V, of_token = len(words.types), of_text[words.text_of]
    counts = np.bincount(of_token * V + words.ids, minlength=V * len(names)).reshape(-1, V)
    return dict(zip(names, counts, strict=True))


def phrase_by(words: Indexed, groups: list[str], phrase: list[str]) -> dict[str, tuple[int, int]]:
    """Group -> how often these tokens stand in a row in it, and how many tokens it has."""
    found = Counter(groups[text] for text in words.text_of[words.places(phrase)].tolist())
    tokens: Counter[str] = Counter()
    for group, length in zip(groups, words.lengths.tolist(), strict=True):
        tokens[group] += length
    return {group: (found[group], tokens[group]) for group in dict.fromkeys(groups)}

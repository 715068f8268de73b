"""What pairs and labelled texts are made of: sizes, overlap, how often each label comes, search.

As in `statistics.py`, nothing here knows a tokenizer, and tables are pandas data frames.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lm_core.corpora.corpus import Corpus, Labelled, Pairs
from lm_core.corpora.splitting import same
from lm_core.corpora.statistics import filled_splits, folded
from lm_core.errors import BadText
from lm_core.texts import in_form

if TYPE_CHECKING:
    import pandas as pd

Examples = Pairs | Labelled


def columns(corpus: Examples) -> tuple[str, ...]:
    """What of an example is text, by name: both sides of a pair, or the text of a label."""
    return corpus.sides if isinstance(corpus, Pairs) else ("text",)


def as_texts(corpus: Examples, place: int = 0) -> Corpus:
    """One side of pairs, each labelled with the other; or the texts of labels, labelled so: to be
    searched and counted as any text."""
    parts = {split: corpus.splits[split] for split in filled_splits(corpus)}
    name = f"{corpus.fingerprint}-{place}"  # by which all that is kept of it is told apart
    return Corpus(
        replace(corpus.info, name=name, kind="text", how="own"),
        {split: [row[place] for row in rows] for split, rows in parts.items()},
        {split: [str(row[1 - place]) for row in rows] for split, rows in parts.items()},
    )


def sizes(corpus: Examples, split_words: Callable[[str], list[str]]) -> "pd.DataFrame":
    """One row a split, and "all": examples, and of each column its words and how many of them are
    different. Empty splits are left out."""
    import pandas as pd

    places = range(len(columns(corpus)))
    seen: dict[int, Counter[str]] = {place: Counter() for place in places}
    rows: dict[str, list[int]] = {}
    for split in filled_splits(corpus):
        rows[split] = [len(corpus.splits[split])]
        for place in places:
            words: Counter[str] = Counter()
            for example in corpus.splits[split]:
                words.update(split_words(example[place]))
            rows[split] += [words.total(), len(words)]
            seen[place] += words
    names = [("examples", "")]
    names += [(str(place), what) for place in places for what in ("words", "different words")]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=pd.MultiIndex.from_tuples(names))
    table.loc["all"] = table.sum()
    for place in places:
        table.loc["all", (str(place), "different words")] = len(seen[place])
    return table


def overlap(corpus: Examples) -> dict[str, list[int]]:
    """By held-out split, of each column how many examples have one that also stands in train, but
    for capitals and blanks. 0 for every corpus of this lab."""
    places = range(len(columns(corpus)))
    train = [{same(example[place]) for example in corpus.splits["train"]} for place in places]
    return {
        split: [
            sum(same(example[place]) in train[place] for example in corpus.splits[split])
            for place in places
        ]
        for split in filled_splits(corpus)
        if split != "train"
    }


def told_otherwise(corpus: Pairs) -> tuple[int, int]:
    """How many different sources stand with several targets, and how many there are."""
    targets: dict[str, set[str]] = defaultdict(set)
    for rows in corpus.splits.values():
        for source, target in rows:
            targets[same(source)].add(same(target))
    return sum(len(found) > 1 for found in targets.values()), len(targets)


def label_counts(corpus: Labelled) -> "pd.DataFrame":
    """How many texts of each split have each class: a row a class, in their order, a column a
    split."""
    import pandas as pd

    counts = {
        split: Counter(label for _, label in corpus.splits[split])
        for split in filled_splits(corpus)
    }
    rows = [[label, *(found[label] for found in counts.values())] for label in corpus.classes]
    return pd.DataFrame(rows, columns=["label", *counts])


def find(
    corpus: Examples, text: str, *, limit: int, match_case: bool = False
) -> tuple[dict[str, int], list[tuple[str, Sequence[Any]]]]:
    """How many examples of each split hold `text`, in either side or in the text; and the first
    `limit` of them, each with its split.

    Raises:
        BadText: there is nothing to look for.
    """
    if not text:
        raise BadText("Type a word or a few letters to look for.")
    text = in_form(text, corpus.info.form)
    wanted = text if match_case else folded(text)
    places = range(len(columns(corpus)))
    counts: dict[str, int] = {}
    hits: list[tuple[str, Sequence[Any]]] = []
    for split in filled_splits(corpus):
        found = [
            example
            for example in corpus.splits[split]
            if any(
                wanted in (example[place] if match_case else folded(example[place]))
                for place in places
            )
        ]
        counts[split] = len(found)
        hits += [(split, example) for example in found[: limit - len(hits)]]
    return counts, hits

"""A corpus cleaned by rules, and what each of them changes.

cleaned(corpus, Cleaning(lower=True, rarest=2)).splits["train"]

Its splits and labels are those of the corpus, its rule says what was done. `as_own` makes of it a
text of one's own, whose name is the hash of its content.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from lm_core.cleaning import FORMS, UNKNOWN, Cleaning
from lm_core.corpora.corpus import SPLITS, Corpus, corpora
from lm_core.corpora.own import named, own_info
from lm_core.corpora.splitting import apart, unique
from lm_core.errors import BadText

_WORD = re.compile(r"\S+")
NO_DOUBLES = (
    "Nothing stands twice in this text as it is kept: the doubles of a list of your own are "
    "dropped when it is read. Switch “Keep doubles” off."
)


def comes_with_doubles(name: str) -> bool:
    """Whether `as_given` has items of that list, which this does not read."""
    return name in corpora and corpora[name].extra["as_given"] is not None


def as_given(name: str) -> list[str]:
    """The items of a list that comes with the lab, doubles among them; none of any other."""
    return corpora[name].extra["as_given"]() if comes_with_doubles(name) else []


def cleaned(corpus: Corpus, how: Cleaning, *, items: Sequence[str] | None = None) -> Corpus:
    """The corpus by these rules, its splits as they were.

    Items that become equal, capitals and blanks apart, are one, held back rather than trained on,
    so that nothing leaks; texts of which nothing is left go. Where doubles are kept, the items that
    are held out stay so, and stand in training as often as they come again.

    Args:
        items: of a list as it was given, where doubles are kept and these are not `as_given`.

    Raises:
        BadText: nothing is left to train on; or there are no doubles to keep.
    """
    given: Mapping[str, Sequence[str]] = corpus.splits
    if how.doubles:
        items = as_given(corpus.info.name) if items is None else items
        if not items:
            raise BadText(NO_DOUBLES)
        given = _with_doubles(corpus, items)
    splits: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    for split in SPLITS:
        texts = [how(text) for text in given.get(split, ())]
        splits[split] = [text for text in texts if text.strip()]
        if said := corpus.labels.get(split):
            pairs = zip(said, texts, strict=True)
            labels[split] = [label for label, text in pairs if text.strip()]
    if corpus.items and not how.doubles:
        splits = _without_doubles(splits)
    if how.rarest > 1:
        splits = _without_rare(splits, how.rarest)
    if not splits["train"]:
        raise BadText("Nothing is left of this text: switch off one of the rules.")
    info = replace(
        corpus.info,
        title=f"{corpus.info.title}, cleaned",
        split_rule=f"{corpus.info.split_rule} Cleaned: {', '.join(how.rules) or 'nothing'}.",
        form="" if how.unicode == FORMS[2] else corpus.info.form,
    )
    return Corpus(info, splits, labels)


def as_own(corpus: Corpus) -> Corpus:
    """A corpus as a text of one's own, not yet stored: it keeps its rule, and has no labels."""
    info = own_info(corpus.info.title, corpus.info.kind, corpus.info.split_rule)
    return named(Corpus(info, corpus.splits))


def sizes(texts: Iterable[str]) -> dict[str, int]:
    """What cleaning changes, counted: texts, characters, different ones, words (between blanks),
    and different ones of those."""
    texts = list(texts)
    letters: set[str] = set()
    words: Counter[str] = Counter()
    for text in texts:
        letters.update(text)
        words.update(text.split())
    return {
        "texts": len(texts),
        "characters": sum(map(len, texts)),
        "different characters": len(letters),
        "words": words.total(),
        "different words": len(words),
    }


def _without_doubles(splits: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    rows = {split: [(item, 0.0) for item in unique(items)] for split, items in splits.items()}
    return {split: [item for item, _ in left] for split, left in apart(rows, sides=(0,)).items()}


def _without_rare(splits: Mapping[str, Sequence[str]], rarest: int) -> dict[str, list[str]]:
    counts = Counter(chain.from_iterable(text.split() for text in splits["train"]))

    def word(match: re.Match[str]) -> str:
        return match[0] if counts[match[0]] >= rarest else UNKNOWN

    return {split: [_WORD.sub(word, text) for text in texts] for split, texts in splits.items()}


def _with_doubles(corpus: Corpus, items: Sequence[str]) -> dict[str, list[str]]:
    """Its held-out items once each, and all others of the list, copies of those among them."""
    once = Counter(chain(corpus.splits["validation"], corpus.splits["test"]))
    train = []
    for item in items:
        if once[item]:
            once[item] -= 1
        else:
            train.append(item)
    return {**corpus.splits, "train": train}

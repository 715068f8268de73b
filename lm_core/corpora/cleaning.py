"""Cleaning a text by rules one can switch on, and what each of them changes.

cleaned(corpus, Cleaning(lower=True, rarest=2)).splits["train"]

A cleaned text is a text of one's own: its rule says what was done, its name is the hash of both.
So runs and checkpoints name exactly what they learned from, and nothing that is stored changes.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from lm_core.corpora.corpus import SPLITS, Corpus
from lm_core.corpora.own import named, own_info
from lm_core.corpora.splitting import apart, unique
from lm_core.errors import BadText
from lm_core.settings import Settings, setting
from lm_core.tokenizers.word_list import UNKNOWN

KEPT, ZEROS, REMOVED = "kept", "each digit 0", "removed"
FORMS = ("as it is", "NFC", "NFD", "NFKC")
_WORD, _BLANKS = re.compile(r"\S+"), re.compile(r"[^\S\n]+")


@dataclass(frozen=True)
class Cleaning(Settings):
    """What is done, in this order."""

    form: str = setting(
        FORMS[0],
        title="Unicode",
        choices=FORMS,
        help="NFC makes a letter and its accent one character, NFD two; NFKC also makes plain "
        "letters of what only looks otherwise, such as ﬁ or ２.",
    )
    lower: bool = setting(False, title="Lower case", help="Capitals become small letters.")
    numbers: str = setting(
        KEPT,
        title="Digits",
        choices=(KEPT, ZEROS, REMOVED),
        help="As zeros all numbers of a length are one word.",
    )
    punctuation: bool = setting(
        True, title="Keep punctuation", help="Off: signs that are no letters and no digits go."
    )
    rarest: int = setting(
        1,
        title="Rarest word",
        low=1,
        high=1000,
        help="Words that train less often, cut at blanks, become <unk>; 1 keeps all.",
    )

    @property
    def rules(self) -> list[str]:
        """What is done, in words; none where nothing is."""
        said = []
        if self.form != FORMS[0]:
            said.append(f"Unicode {self.form}")
        if self.lower:
            said.append("lower case")
        if self.numbers != KEPT:
            said.append("digits removed" if self.numbers == REMOVED else "digits as 0")
        if not self.punctuation:
            said.append("punctuation removed")
        if self.rarest > 1:
            said.append(f"words that train less than {self.rarest} times as {UNKNOWN}")
        return said

    def __call__(self, text: str) -> str:
        """One text, but for rare words, which are decided by all of them."""
        if self.form != FORMS[0]:
            text = unicodedata.normalize(self.form, text)
        text = text.lower() if self.lower else text
        gone = _table(text, digits=self.numbers, punctuation=self.punctuation)
        return _tidied(text.translate(gone)) if gone else text


def cleaned(corpus: Corpus, how: Cleaning, *, items: Sequence[str] | None = None) -> Corpus:
    """The corpus by these rules, its splits as they were: as a text of one's own, not yet stored.

    Items that become equal, capitals and blanks apart, are one, held back rather than trained on,
    so that nothing leaks; texts of which nothing is left go.

    Args:
        items: of a list as it was given, its doubles among them. They are then kept: the items
            that are held out stay so, and stand in training as often as they come again.

    Raises:
        BadText: nothing is left to train on.
    """
    given: Mapping[str, Sequence[str]] = corpus.splits
    if items is not None:
        given = _with_doubles(corpus, items)
    splits = {split: [how(text) for text in given.get(split, ())] for split in SPLITS}
    splits = {split: [text for text in texts if text.strip()] for split, texts in splits.items()}
    if corpus.items and items is None:
        splits = _without_doubles(splits)
    if how.rarest > 1:
        splits = _without_rare(splits, how.rarest)
    if not splits["train"]:
        raise BadText("Nothing is left of this text: switch off one of the rules.")
    said = how.rules + (["doubles kept"] if items is not None else [])
    rule = f"{corpus.info.split_rule} Cleaned: {', '.join(said) or 'nothing'}."
    info = own_info(f"{corpus.info.title}, cleaned", corpus.info.kind, rule)
    return named(Corpus(info, splits))


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


def _table(text: str, *, digits: str, punctuation: bool) -> dict[int, str]:
    """What becomes of the characters of `text` that do not stay."""
    table: dict[int, str] = {}
    for char in set(text):
        kind = unicodedata.category(char)
        if kind == "Nd" and digits != KEPT:
            table[ord(char)] = "0" if digits == ZEROS else " "
        elif kind[0] in "PS" and not punctuation:
            table[ord(char)] = " "
    return table


def _tidied(text: str) -> str:
    """One blank where several are, and none around a line."""
    return "\n".join(line.strip() for line in _BLANKS.sub(" ", text).split("\n"))


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

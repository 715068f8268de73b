"""What a text of one's own holds: a guess with its evidence, and the corpus of whatever it is.

guess_kind("Go on!\\tVa !\\nStop.\\tArrête.\\n ...").kind == "pairs"
corpus = corpus_of("pairs", text, title="My phrases")
"""

from dataclasses import dataclass

from lm_core.corpora.corpus import AnyCorpus, Progress, untold
from lm_core.corpora.listing import seems_list
from lm_core.corpora.own import own_corpus
from lm_core.corpora.own_labelled import labelled_of, labels_in, numbers_alone
from lm_core.corpora.own_pairs import pairs_of, why_pairs

KINDS = ("text", "items", "pairs", "classes", "values")  # that a text of one's own can be
FEW_VALUES = 2  # different numbers are the names of classes: 0 and 1


@dataclass(frozen=True)
class KindGuess:
    """One of KINDS, and a half sentence that says why."""

    kind: str
    why: str


def guess_kind(text: str) -> KindGuess:
    """What `text` seems to hold, for a person who can overrule it."""
    labels = labels_in(text)
    if labels is not None:
        why = "its first line names the columns text and label"
        if numbers_alone(labels) and len(set(labels)) > FEW_VALUES:
            return KindGuess("values", f"{why}, and the labels are numbers")
        return KindGuess("classes", why)
    if why := why_pairs(text):
        return KindGuess("pairs", why)
    guess = seems_list(text)
    return KindGuess("items" if guess.items else "text", guess.why)


def corpus_of(
    kind: str,
    text: str,
    *,
    title: str,
    note: str = "",
    form: str = "NFC",
    progress: Progress = untold,
) -> AnyCorpus:
    """The corpus that `text` is when it is read as that kind; arguments as of `own_corpus`.

    Raises:
        BadText: as `own_corpus`, `pairs_of` and `labelled_of`.
    """
    if kind == "pairs":
        return pairs_of(text, title=title, note=note, form=form, progress=progress)
    if kind in ("classes", "values"):
        return labelled_of(text, title=title, kind=kind, note=note, form=form)
    items = kind == "items"
    return own_corpus(text, title=title, items=items, note=note, form=form, progress=progress)

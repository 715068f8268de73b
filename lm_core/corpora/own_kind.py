"""What a text of one's own holds: a guess with its evidence, and the corpus of whatever it is.

guess_kind("Go on!\\tVa !\\nStop.\\tArrête.\\n ...").kind == "pairs"
corpus = corpus_of("pairs", text, title="My phrases")
"""

from dataclasses import dataclass, replace

from lm_core.corpora.corpus import AnyCorpus, Labelled, Numbers, Pairs, Progress, untold
from lm_core.corpora.listing import seems_list
from lm_core.corpora.own import own_corpus, own_info
from lm_core.corpora.own_labelled import labelled_of, labels_in, numbers_alone, read_labelled
from lm_core.corpora.own_pairs import SIDES, pairs_of, read_pairs, why_pairs
from lm_core.corpora.own_summaries import names_summaries, of_table
from lm_core.errors import BadText

KINDS = ("text", "items", "pairs", "classes", "values")  # that a text of one's own can be
NUMBERS = ("series", "table classes", "table values", "picture values")  # kinds that hold no text
SUMMARIES = "its first line names the columns article and summary"
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
    if names_summaries(text):
        return KindGuess("text", SUMMARIES)
    if why := why_pairs(text):
        return KindGuess("pairs", why)
    return guess_words(text)


def guess_words(text: str) -> KindGuess:
    """Whether `text`, which is nothing else, seems to be a list or running text."""
    guess = seems_list(text)
    return KindGuess("items" if guess.items else "text", guess.why)


def corpus_of(
    kind: str,
    text: str,
    *,
    title: str,
    note: str = "",
    form: str = "NFC",
    validation: str | None = None,
    sides: tuple[str, str] | None = None,
    unit: str = "",
    progress: Progress = untold,
) -> AnyCorpus | Numbers:
    """The corpus that `text` is when it is read as that kind; arguments as of `own_corpus`.

    Args:
        sides: of pairs, what the two are called.
        unit: of values.

    Raises:
        BadText: as `own_corpus`, `pairs_of`, `labelled_of`, `series_of` and `table_of`.
    """
    if kind == "text" and names_summaries(text):  # of a file it was read so already
        text, told = of_table(text)
        note = " ".join(filter(None, (note, told)))
    said = {"title": title, "note": note, "form": form, "validation": validation}
    if kind == "pairs":
        return pairs_of(text, sides=sides, progress=progress, **said)
    if kind in ("classes", "values"):
        return labelled_of(text, kind=kind, unit=unit, **said)
    if kind in NUMBERS:
        return _numbers(kind, text, unit=unit, **said)
    return own_corpus(text, items=kind == "items", progress=progress, **said)


def _numbers(
    kind: str, text: str, *, title: str, note: str, form: str, validation: str | None, unit: str
) -> Numbers:
    """A series, the first column of its table, or a table, whose last column is to be said."""
    from lm_core.corpora.own_series import series_of
    from lm_core.corpora.own_table import table_of

    if validation is not None:
        raise BadText(
            "A series or a table validates on a part of its own: leave the validation file out."
        )
    if kind == "picture values":
        raise BadText("Pictures with an age are a folder of files: name the folder.")
    if kind == "series":
        return series_of(text, title=title, unit=unit, note=note)
    return table_of(text, title=title, kind=kind, unit=unit, note=note)


def whole_of(
    kind: str, text: str, *, title: str, note: str = "", form: str = "NFC"
) -> Pairs | Labelled:
    """All pairs, or labelled texts, as they stand and in one split, "all": to be scored together.

    Raises:
        BadText: there are none, it holds no text, or as `read_pairs` and `read_labelled`.
    """
    sides = None
    if kind in NUMBERS:
        raise BadText("Of a series or a table no file is scored as a whole: name its split.")
    if kind == "pairs":
        rows, sides, said = read_pairs(text, form=form)
    else:
        rows, said = read_labelled(text, kind=kind, form=form)
    if not rows:
        raise BadText(f"There is nothing to score here. {said}".rstrip())
    info = own_info(title, kind, "All of it, as it stands.")
    info = replace(info, note=" ".join(filter(None, (note, said))))
    if kind == "pairs":
        return Pairs(info, {"all": rows}, sides or SIDES)
    return Labelled(info, {"all": rows})

"""Your own pairs: two columns of a CSV or TSV, or two pasted columns, made into a corpus.

pairs = pairs_of("Go on!\\tVa !\\nStop.\\tArrête.\\n ...", title="My phrases")
save_own(pairs)

With tabs, a line is a pair and a quote is a letter like any other. Without, quotes hold cells
together as in every CSV.
"""

import dataclasses
import re

from lm_core.corpora.corpus import Pairs, Progress, untold
from lm_core.corpora.decoding import tidy
from lm_core.corpora.own import MAX_HELD_OUT, named, of_validation, own_info
from lm_core.corpora.splitting import Pair, beside, split_pairs
from lm_core.corpora.table import parse_rows
from lm_core.csv_files import typed
from lm_core.errors import BadText
from lm_core.figures import count
from lm_core.texts import in_form

MIN_PAIRS, MAX_PAIRS = 20, 300_000
MAX_SIDE = 2000  # characters of a side, some 350 words: one longer would fill every batch
SIDES = ("Source", "Target")
_SAMPLE = 1000  # lines looked at to tell a TSV from a CSV
_NEARLY_ALL, _MOST_COLUMNS = 0.9, 3  # of the lines have a tab; and cells, the last for a licence
_STEPS = 3  # of making the corpus: rows, pairs, splits

# What a first line may call the sides; both cells have to be one of these.
_HEADING = re.compile(
    r"source|target|src|tgt|trg|input|output|left|right|original|text|translation|sentence|"
    r"question|answer|"
    r"ar|arabic|cs|czech|čeština|da|danish|dansk|de|deu|ger|german|deutsch|el|greek|en|eng|english|"
    r"es|spa|spanish|español|fi|finnish|suomi|fr|fra|fre|french|français|hi|hindi|hu|hungarian|"
    r"it|ita|italian|italiano|ja|jpn|japanese|ko|korean|latin|nl|dutch|nederlands|norwegian|norsk|"
    r"pl|polish|polski|pt|por|portuguese|português|ro|romanian|ru|rus|russian|русский|"
    r"sv|swedish|svenska|tr|turkish|türkçe|uk|ukrainian|українська|zh|chinese|中文",
    re.IGNORECASE,
)


def pairs_of(
    text: str,
    *,
    title: str,
    form: str = "NFC",
    sides: tuple[str, str] | None = None,
    validation: str | None = None,
    note: str = "",
    progress: Progress = untold,
) -> Pairs:
    """A corpus of the first two columns of a TSV or CSV.

    Doubles go, pairs that share a side stay together, and 80/10/10 are cut of what is shuffled
    once, with 1,000 at most in each of the last two. A pair with an empty side, or with one of more
    than 2,000 characters, is left out, and the note says so.
    With `validation`, pairs in the same form, these validate as they stand and all others train.

    Args:
        form: "NFC" makes a letter and its accents one character; "" leaves them as they stand.
        sides: what the two are called, unless the first line says it.
        note: what its owner is to be told of how the text was read.
        progress: told which of 3 steps are done.

    Raises:
        BadText: empty, one column, fewer than 20 different pairs or more than 300,000, or pairs of
            which none can be held back; or `validation` is empty or has one column.
    """
    pairs, named_sides, said = read_pairs(text, form=form)
    notes = [note, said]
    progress(2, _STEPS)
    if validation is None:
        splits, rule = _split(pairs)
    else:
        with of_validation():
            held, _, told = read_pairs(validation, form=form)
            if not held:
                raise BadText(f"There is no pair to validate on. {told}".rstrip())
        notes.append(told and f"The validation file: {told}")
        splits, rule = _beside(pairs, held)
    info = own_info(title, "pairs", rule)
    info = dataclasses.replace(info, note=" ".join(filter(None, notes)))
    corpus = named(Pairs(info, splits, sides or named_sides or SIDES))
    progress(_STEPS, _STEPS)
    return corpus


def read_pairs(text: str, *, form: str = "NFC") -> tuple[list[Pair], tuple[str, str] | None, str]:
    """The pairs of a TSV or CSV as they stand, doubles too; what its first line calls the sides,
    where it does; and a note on how it was read. Arguments and errors as of `pairs_of`."""
    given, _ = tidy(text)
    text = in_form(given, form)
    notes, sides = [], None
    if text != given:
        notes.append("Letters and their accents were made one character (NFC).")
    rows, said = _rows(text)
    notes += said
    if len(rows) > MAX_PAIRS:
        raise BadText(
            f"There are {len(rows):,} pairs here and {MAX_PAIRS:,} is the most: "
            "cut out a part and give that."
        )
    heading = [" ".join(cell.split()) for cell in rows[0]]
    if all(map(_HEADING.fullmatch, heading)):
        rows, sides = rows[1:], (heading[0], heading[1])
        notes.append(f"Its first line names the sides: {heading[0]} and {heading[1]}.")
    pairs = [(_cell(source), _cell(target)) for source, target in rows]
    filled = [pair for pair in pairs if all(pair)]
    short = [pair for pair in filled if max(map(len, pair)) <= MAX_SIDE]
    notes.append(_left_out(len(pairs) - len(filled), "an empty side"))
    notes.append(_left_out(len(filled) - len(short), f"a side of over {MAX_SIDE:,} characters"))
    return short, sides, " ".join(filter(None, notes))


def why_pairs(text: str) -> str:
    """Half a sentence on why a text seems to hold pairs; "" where it does not."""
    lines = [line for line in text.split("\n", _SAMPLE)[:_SAMPLE] if line.strip()]
    parted = [line for line in lines if "\t" in line.strip()]
    cells = max((len(line.split("\t")) for line in parted), default=0)
    if parted and len(parted) >= _NEARLY_ALL * len(lines) and cells <= _MOST_COLUMNS:
        return "a tab parts nearly every line"
    for mark in ",;":
        heading = [cell.strip(' "') for cell in lines[0].split(mark)] if lines else []
        if len(heading) == 2 and all(map(_HEADING.fullmatch, heading)):
            return f"its first line names two sides, {heading[0]} and {heading[1]}"
    return ""


def paste_columns(left: str, right: str) -> str:
    """Two pasted columns as the text of a TSV: line by line the two sides of a pair.

    Raises:
        BadText: one of them is empty, or they have not as many lines.
    """
    columns = [_column(left, "left"), _column(right, "right")]
    here, there = map(len, columns)
    if here != there:
        raise BadText(
            f"The left column has {count(here, 'line')} and the right one {there:,}: give each "
            "line its other side, and leave a line empty where there is none."
        )
    return "\n".join(map("\t".join, zip(*columns, strict=True)))


def _column(text: str, which: str) -> list[str]:
    """Its lines, those at the end without the empty ones."""
    if not text.strip():
        raise BadText(f"The {which} column is empty: paste a text with one line for each pair.")
    text, _ = tidy(text)
    return [" ".join(line.split()) for line in text.rstrip().split("\n")]


def _rows(text: str) -> tuple[list[list[str]], list[str]]:
    """The first two cells of each filled row, and notes.

    Raises:
        BadText: there is one column, or as `parse_rows`.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    looked_at = lines[:_SAMPLE]
    if 2 * sum("\t" in line.strip() for line in looked_at) > len(looked_at):
        rows, said = [line.split("\t") for line in lines], ""
    else:
        rows, _, said = parse_rows(text)
    width = max(map(len, rows), default=0)
    if width < 2:
        raise BadText(
            "There is one column here and pairs have two: put a tab between the two sides of each "
            "line, or save a table with two columns as CSV."
        )
    notes = [said]
    if width > 2:
        notes.append(f"The first two of its {width:,} columns were read.")
    return [[*row, ""][:2] for row in rows], notes


def _beside(pairs: list[Pair], held: list[Pair]) -> tuple[dict[str, list[Pair]], str]:
    """The splits where `held` validates, and how they were made."""
    _check_enough(pairs)
    splits = beside(pairs, held)
    left = len(splits["train"])
    if left < MIN_PAIRS:
        raise BadText(
            f"Without what shares a side with the validation file {count(left, 'different pair')} "
            f"would train and {MIN_PAIRS} is the least: validate on other pairs, or give more."
        )
    rule = (
        f"Doubles removed, and what shares a side with the validation file; {left:,} pairs train, "
        f"all {len(held):,} of that file validate; no test."
    )
    return splits, rule


def _check_enough(pairs: list[Pair]) -> None:
    different = len(set(pairs))
    if different < MIN_PAIRS:
        raise BadText(
            f"This has {count(different, 'different pair')} and {MIN_PAIRS} is the "
            "least: give more, one a line."
        )


def _split(pairs: list[Pair]) -> tuple[dict[str, list[Pair]], str]:
    """The splits, and how they were made."""
    _check_enough(pairs)
    most = min(MAX_HELD_OUT, len(set(pairs)) // 10)
    splits = split_pairs(pairs, validation=most, test=most)
    held = [len(splits[split]) for split in ("validation", "test")]
    if not all(held) or not splits["train"]:
        raise BadText(
            "Nearly all of these pairs share a side with one another, so that none can be held "
            "back to judge by: give more pairs of which both sides are different."
        )
    rule = (
        "Doubles removed, shuffled once, pairs that share a side together; "
        f"{held[0]:,} pairs validate and {held[1]:,} test."
    )
    return splits, rule


def _cell(cell: str) -> str:
    """A side in one line."""
    return " ".join(typed(cell).split())


def _left_out(n: int, what: str) -> str:
    return f"Left out: {count(n, 'pair')} with {what}." if n else ""

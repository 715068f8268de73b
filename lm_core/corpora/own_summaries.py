"""Articles with their summaries as running text, which any language model can learn:

    the article, in one line
    TL;DR: its summary

An empty line parts them. Of a CSV with the columns article and summary such a text is made, so that
it is uploaded, or named as `--corpus FILE`, like any other.
Paper: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", whose GPT-2 was
asked for summaries by this very mark.
"""

import re

from lm_core.corpora.table import parse_rows
from lm_core.errors import BadText
from lm_core.figures import count

MARK = "TL;DR:"
COLUMNS = ("article", "summary")


def summarised(article: str, summary: str) -> str:
    """One article with its summary."""
    return f"{_line(article)}\n{MARK} {_line(summary)}"


def parted(text: str) -> tuple[str, str] | None:
    """The article and the summary of one; None where it is something else."""
    article, mark, summary = text.partition(f"\n{MARK} ")
    whole = mark and article.strip() and summary.strip()
    return (article.strip(), summary.strip()) if whole else None


def names_summaries(text: str) -> bool:
    """Whether the first line of a table names the columns article and summary."""
    heading = text.lstrip("\ufeff\n ").partition("\n")[0]
    names = [name.strip(' "').casefold() for name in re.split(r"[,;\t|]", heading)]
    return all(names.count(name) == 1 for name in COLUMNS)


def of_table(text: str) -> tuple[str, str]:
    """The text of such a table, and a note on how it was read.

    Raises:
        BadText: no row has both, or as `parse_rows`.
    """
    rows, _, note = parse_rows(text)
    names = [cell.strip().casefold() for cell in rows[0]]
    article, summary = (names.index(name) for name in COLUMNS)
    both = [(row[article].strip(), row[summary].strip()) for row in rows[1:]]
    whole = [pair for pair in both if all(pair)]
    if not whole:
        raise BadText("No row of this table has an article and a summary: fill both columns.")
    notes = [note, f"{count(len(whole), 'article')} with a summary, which follows after {MARK}."]
    if left := len(both) - len(whole):
        notes[1] += f" Left out: {count(left, 'row')} without one of them."
    return "\n\n".join(summarised(*pair) for pair in whole), " ".join(filter(None, notes))


def _line(text: str) -> str:
    return " ".join(text.split())

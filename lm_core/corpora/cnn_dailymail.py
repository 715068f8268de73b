"""cnn-dailymail: news articles, each with the points its editors put above it as a summary.

Papers: Hermann et al. 2015, "Teaching Machines to Read and Comprehend"; See, Liu and Manning 2017,
"Get To The Point", whose version without blanked names (3.0.0) this is.

Fetched are the published validation and test splits alone: training takes 0.8 GB more, and a lesson
does not see it all. Their address names a revision; nobody has published their SHA-256 that we
know of, so what came is held to the published numbers of articles.
"""

from pathlib import Path

from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.fetching import RemoteFile, download_folder, obtain, remove
from lm_core.corpora.own_summaries import summarised
from lm_core.errors import CorpusUnavailable

INFO = CorpusInfo(
    name="cnn-dailymail",
    title="CNN/DailyMail",
    licence="Apache 2.0 for the data set; the articles are their publishers'.",
    source="Hugging Face data set abisee/cnn_dailymail, 3.0.0 (See, Liu and Manning 2017)",
    how="download",
    size="24,858 articles with summaries, 65 MB to fetch",
    split_rule=(
        "The published validation split: all but its last 1,000 articles train, these validate. "
        "The published test split tests. Of an article its first 400 words are kept."
    ),
    cut="bpe",
)
ARTICLES = {"validation": 13_368, "test": 11_490}  # as published
HELD_OUT = 1_000
MOST_WORDS = 400  # of an article: with its summary it fits into the 1,024 tokens of GPT-2
_BASE = (
    "https://huggingface.co/datasets/abisee/cnn_dailymail/resolve/"
    "96df5e686bee6baa90b8bee7c28b81fa3fa6223d/3.0.0"
)


def _file(split: str, size: int) -> RemoteFile:
    name = f"{split}-00000-of-00001.parquet"
    return RemoteFile(INFO.name, name, f"{_BASE}/{name}", size, aliases=(f"{INFO.name}/{name}",))


FILES = {"validation": _file("validation", 34_700_000), "test": _file("test", 30_000_000)}


@register(
    INFO,
    idea="News with summaries that its editors wrote: the task of GPT-2 and LoRA in a lesson.",
    order=55,
    sources=lambda: tuple(FILES.values()),
)
def load_cnn_dailymail(progress: Progress | None = None) -> Corpus:
    """A document for each article, as `own_summaries` writes it.

    Raises:
        CorpusUnavailable: as `fetching.obtain`, or the files are not the published ones.
    """
    paths = obtain(list(FILES.values()), progress)
    published = {split: _read(split, path) for split, path in zip(FILES, paths, strict=True)}
    validation = published["validation"][-HELD_OUT:]
    held = {*validation, *published["test"]}
    train = [one for one in published["validation"][:-HELD_OUT] if one not in held]
    return Corpus(INFO, {"train": train, "validation": validation, "test": published["test"]})


def _read(split: str, path: Path) -> list[str]:
    from pyarrow.parquet import ParquetFile

    try:
        columns = ("article", "highlights")
        with ParquetFile(path) as file:
            table = file.read(columns=list(columns))
        pairs = zip(*(table[name].to_pylist() for name in columns), strict=True)
        found = [summarised(" ".join(one.split()[:MOST_WORDS]), told) for one, told in pairs]
    except (OSError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError):
        raise CorpusUnavailable(_wrong(path, "file cannot be read")) from None
    if len(found) != ARTICLES[split]:
        counts = f"{split} split has {len(found):,} articles instead of {ARTICLES[split]:,}"
        raise CorpusUnavailable(_wrong(path, counts))
    return found


def _wrong(path: Path, what: str) -> str:
    """The sentence for a file that is another; a kept one is removed, so as to try again."""
    if path.is_relative_to(download_folder(INFO.name)):
        remove(INFO.name)
        return (
            f"The download of CNN/DailyMail is not the published one (its {what}) and was thrown "
            "away: try again, or set LM_LAB_DATA to a folder that holds the original files."
        )
    return (
        f"{path.name} in the folder LM_LAB_DATA is not the published CNN/DailyMail (its {what}): "
        "replace it with the original, or take it away so that it is downloaded."
    )

"""wikitext-2: good and featured articles of the English Wikipedia, as words.

Paper: Merity et al. 2016, "Pointer Sentinel Mixture Models". The text comes cut into words with
spaces between them and rare words already replaced by `<unk>`. By the standard protocol its tokens
are those words plus one `<eos>` for every line, the empty ones included.
"""

from pathlib import Path

from lm_core.corpora.corpus import SPLITS, Corpus, CorpusInfo, Progress, register
from lm_core.corpora.fetching import RemoteFile, download_folder, obtain, remove
from lm_core.errors import CorpusUnavailable

INFO = CorpusInfo(
    name="wikitext-2",
    title="WikiText-2",
    licence="CC BY-SA 3.0 and GFDL (text of Wikipedia).",
    may_be_passed_on=True,
    source="Hugging Face data set Salesforce/wikitext, wikitext-2-v1 (Merity et al. 2016)",
    how="download",
    size="2.1 million words, 7.4 MB to fetch",
    split_rule="As published: 600 articles train, 60 validate, 60 test.",
    cut="published",
)
TOKENS = {"train": 2_088_628, "validation": 217_646, "test": 245_569}
TYPES = 33_278  # different tokens in all three splits, <unk> and <eos> among them

# A named revision of the data set, so that the files cannot change under us.
_BASE = (
    "https://huggingface.co/datasets/Salesforce/wikitext/resolve/"
    "b08601e04326c79dfdd32d625aee71d232d685c3/wikitext-2-v1"
)


def _file(split: str, size: int, tokens_name: str) -> RemoteFile:
    name = f"{split}-00000-of-00001.parquet"
    aliases = (f"wikitext-2-v1/{name}", f"wikitext-2/{tokens_name}", tokens_name)
    return RemoteFile(INFO.name, name, f"{_BASE}/{name}", size, aliases=aliases)


FILES = (
    _file("train", 6_068_114, "wiki.train.tokens"),
    _file("validation", 617_738, "wiki.valid.tokens"),
    _file("test", 685_430, "wiki.test.tokens"),
)


@register(
    INFO,
    idea="Two million words of good Wikipedia articles: the yardstick of word models.",
    order=50,
    sources=lambda: FILES,
)
def load_wikitext(progress: Progress | None = None) -> Corpus:
    """One document a split, its lines without the spaces around them.

    Raises:
        CorpusUnavailable: as `fetching.obtain`, or the token counts are not the published ones.
    """
    paths = obtain(FILES, progress)
    splits, types = {}, set()
    for split, path in zip(SPLITS, paths, strict=True):
        text = _read(path)
        tokens = standard_tokens(text)
        types.update(tokens)
        if len(tokens) != TOKENS[split]:
            counts = f"{split} split has {len(tokens):,} tokens instead of {TOKENS[split]:,}"
            raise CorpusUnavailable(_wrong(path, counts))
        splits[split] = [text]
    if len(types) != TYPES:
        counts = f"text has {len(types):,} different tokens instead of {TYPES:,}"
        raise CorpusUnavailable(_wrong(paths[0], counts))
    return Corpus(INFO, splits)


def standard_tokens(text: str) -> list[str]:
    """The published tokenization: words between spaces, and `<eos>` for every line."""
    return text.replace("\n", " <eos> ").split()


def _read(path: Path) -> str:
    """The lines of a parquet or .tokens file, each ended by one newline."""
    try:
        if path.suffix == ".parquet":
            from pyarrow.parquet import ParquetFile

            with ParquetFile(path) as file:
                lines = file.read(columns=["text"])["text"].to_pylist()
        else:
            lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        return "".join(f"{line.strip()}\n" for line in lines)
    except (OSError, ValueError, TypeError, LookupError, AttributeError, NotImplementedError):
        # pyarrow's own errors are kinds of these; a foreign table has other columns or types
        raise CorpusUnavailable(_wrong(path, "file cannot be read")) from None


def _wrong(path: Path, what: str) -> str:
    """The sentence for a file that is not WikiText-2; a kept one is removed, so as to try again."""
    if path.is_relative_to(download_folder(INFO.name)):
        remove(INFO.name)
        return (
            f"The download of WikiText-2 is not the published one (its {what}) and was thrown "
            "away: try again, or set LM_LAB_DATA to a folder that holds the original files."
        )
    return (
        f"{path.name} in the folder LM_LAB_DATA is not the published WikiText-2 (its {what}): "
        "replace it with the original, or take it away so that it is downloaded."
    )

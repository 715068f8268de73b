"""makemore-names: the 32,033 first names of Karpathy's makemore, without its doubles."""

from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.fetching import RemoteFile, obtain
from lm_core.corpora.splitting import split_items

INFO = CorpusInfo(
    name="makemore-names",
    title="Names of makemore",
    licence="Public domain (US Social Security Administration); the repository is under MIT.",
    may_be_passed_on=True,
    source="github.com/karpathy/makemore, names.txt",
    kind="items",
    how="download",
    size="29,494 names, 0.2 MB",
    split_rule="Its 2,539 doubles removed, shuffled once; 1,000 names validate and 1,000 test.",
)
FILE = RemoteFile(
    corpus=INFO.name,
    name="names.txt",
    url="https://raw.githubusercontent.com/karpathy/makemore/master/names.txt",
    size=228_145,
    sha256="0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
)


def names_as_given() -> list[str]:
    """All 32,033 of the file. Raises what `fetching.obtain` raises."""
    (path,) = obtain([FILE], None)
    return path.read_text(encoding="utf-8").split()


@register(
    INFO,
    idea="The list of names that the makemore lectures use, for figures that compare with theirs.",
    order=40,
    sources=lambda: [FILE],
    as_given=names_as_given,
)
def load_makemore_names(progress: Progress | None = None) -> Corpus:
    """Raises what `fetching.obtain` raises."""
    obtain([FILE], progress)
    return Corpus(INFO, split_items(names_as_given(), validation=1000, test=1000))

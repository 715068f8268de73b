"""multi30k: what pictures show, in a sentence each; English, French and German.

Paper: Elliott et al. 2016, "Multi30K: Multilingual English-German Image Descriptions"; French:
Elliott et al. 2017. Task 1: one translation of each description, split as published; the test is
that of 2016. Figures on validation and test compare with other people's, so both stay whole (but
for what they have in common) and training gives up what is held back.

In the folder `LM_LAB_DATA` the files may lie in a folder `multi30k`. Where train and validation
were put there without a test, there is no test: the network is not asked for it.
"""

import gzip
import zlib
from dataclasses import replace
from pathlib import Path

from lm_core.corpora.corpus import CorpusInfo, Pairs, Progress, register
from lm_core.corpora.fetching import RemoteFile, obtain
from lm_core.corpora.splitting import apart
from lm_core.errors import CorpusUnavailable

# A named revision of the repository, so that the files cannot change under us.
_BASE = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw"
)
PUBLISHED = {"train": "train", "validation": "val", "test": "test_2016_flickr"}
LANGUAGES = {"en": "English", "fr": "French", "de": "German"}
_KNOWN = {  # name -> (bytes, SHA-256)
    "train.en": (568_929, "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f"),
    "train.fr": (604_242, "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c"),
    "train.de": (637_044, "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6"),
    "val.en": (21_650, "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28"),
    "val.fr": (23_001, "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9"),
    "val.de": (24_681, "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a"),
    "test_2016_flickr.en": (
        21_077,
        "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    ),
    "test_2016_flickr.fr": (
        22_310,
        "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    ),
    "test_2016_flickr.de": (
        22_890,
        "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    ),
}

EN_FR = CorpusInfo(
    name="multi30k-en-fr",
    title="Multi30k, English to French",
    licence="Its authors ask for a citation; the descriptions come from Flickr30k, for research.",
    source="github.com/multi30k/dataset, task 1 (Elliott et al. 2016, 2017)",
    kind="pairs",
    how="download",
    size="31,014 pairs, 1.3 MB to fetch",
    split_rule=(
        "As published: 29,000 pairs train, 1,014 validate, 1,000 test (flickr 2016), less what "
        "training and validation have in common with what is held back from them."
    ),
    cut="word",
)
DE_EN = replace(EN_FR, name="multi30k-de-en", title="Multi30k, German to English")


def files(info: CorpusInfo) -> dict[str, list[RemoteFile]]:
    """The two files of each split: source and target. No test where its files alone are missing
    from what somebody supplied."""
    languages = info.name.split("-")[-2:]
    found = {
        split: [_file(info.name, f"{published}.{language}") for language in languages]
        for split, published in PUBLISHED.items()
    }
    given = [file.supplied() for split in ("train", "validation") for file in found[split]]
    if all(given) and not all(file.find() for file in found["test"]):
        del found["test"]
    return found


def _file(corpus: str, name: str) -> RemoteFile:
    size, sha256 = _KNOWN[name]
    name = f"{name}.gz"
    aliases = (f"multi30k/{name}",)
    return RemoteFile(corpus, name, f"{_BASE}/{name}", size, sha256, aliases)


def _sources(info: CorpusInfo) -> list[RemoteFile]:
    return [file for pair in files(info).values() for file in pair]


@register(
    EN_FR,
    idea="What pictures show, in 29,000 short sentences: the yardstick of small translators.",
    order=160,
    sources=lambda: _sources(EN_FR),
)
def load_en_fr(progress: Progress | None = None) -> Pairs:
    """Raises as `read`."""
    return read(EN_FR, progress)


@register(
    DE_EN,
    idea="The same pictures described in German: the pair most papers and tutorials translate.",
    order=170,
    sources=lambda: _sources(DE_EN),
)
def load_de_en(progress: Progress | None = None) -> Pairs:
    """Raises as `read`."""
    return read(DE_EN, progress)


def read(info: CorpusInfo, progress: Progress | None = None) -> Pairs:
    """The pairs of a corpus of this file.

    Raises:
        CorpusUnavailable: as `fetching.obtain`, or the two sides are not of equal length.
    """
    needed = files(info)
    paths = iter(obtain([file for pair in needed.values() for file in pair], progress))
    splits: dict[str, list[tuple[str, str]]] = {}
    for split in PUBLISHED:
        sides = [_lines(next(paths)) for _ in needed.get(split, ())]
        if sides and len(sides[0]) != len(sides[1]):
            raise CorpusUnavailable(
                f"The two sides of the {split} split of {info.name} have {len(sides[0]):,} and "
                f"{len(sides[1]):,} lines: replace its files with the original ones."
            )
        splits[split] = [pair for pair in zip(*sides, strict=True) if all(pair)]
    if not splits["test"]:
        note = "There is no test: its two files are not in the folder LM_LAB_DATA."
        info = replace(info, note=note)
    source, target = info.name.split("-")[-2:]
    return Pairs(info, apart(splits), (LANGUAGES[source], LANGUAGES[target]))


def _lines(path: Path) -> list[str]:
    try:
        text = gzip.decompress(path.read_bytes()).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError):
        raise CorpusUnavailable(
            f"{path.name} cannot be read: replace it with the original, or take it away so that it "
            "is downloaded."
        ) from None
    return [" ".join(line.split()) for line in text.removesuffix("\n").split("\n")]

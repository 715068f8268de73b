"""Fashion-MNIST: 70,000 grey pictures of clothes, 28 x 28, to download.

Xiao, Rasul and Vollgraf 2017, "Fashion-MNIST: a novel image dataset for benchmarking machine
learning algorithms". The test of 10,000 stays whole, so that figures on it compare with other
people's; of the 60,000 for training 20,000 are taken, what two cores read in a few minutes.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np

from lm_core.codec import Bare
from lm_core.corpora.corpus import CorpusInfo, Numbers, Progress, register
from lm_core.corpora.fetching import RemoteFile, obtain
from lm_core.corpora.pictures.splitting import pictures
from lm_core.errors import CorpusUnavailable

SIDE, MOST = 28, 255
TRAIN, VALIDATION = 20_000, 2_000  # of the 60,000, as they stand there
CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
# A named revision of the repository, so that the files cannot change under us.
_BASE = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/"
    "b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion"
)
_KNOWN = {  # name -> (bytes, SHA-256)
    "train-images-idx3-ubyte.gz": (
        26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ),
    "train-labels-idx1-ubyte.gz": (
        29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ),
    "t10k-images-idx3-ubyte.gz": (
        4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
}
FILES = [
    RemoteFile("fashion-mnist", name, f"{_BASE}/{name}", size, sha256, (f"fashion-mnist/{name}",))
    for name, (size, sha256) in _KNOWN.items()
]

INFO = CorpusInfo(
    name="fashion-mnist",
    title="Fashion-MNIST",
    licence="MIT (Zalando SE).",
    may_be_passed_on=True,
    source="github.com/zalandoresearch/fashion-mnist (Xiao, Rasul and Vollgraf 2017)",
    kind="picture classes",
    how="download",
    size="32,000 of 70,000 pictures, 31 MB to fetch",
    split_rule=(
        "20,000 pictures of the published training set train and the 2,000 after them validate; "
        "the published test of 10,000 is whole."
    ),
)


@register(
    INFO,
    idea="Clothes in the format of MNIST: harder than digits, and just as small.",
    order=502,
    sources=lambda: FILES,
)
def load_fashion(progress: Progress | None = None) -> Numbers:
    """Raises CorpusUnavailable as `obtain`, or where a file is no table of bytes."""
    drawn, named, test, real = (read_idx(path) for path in obtain(FILES, progress))
    end = TRAIN + VALIDATION
    return Numbers(
        INFO,
        {
            "train": _split(drawn[:TRAIN], named[:TRAIN]),
            "validation": _split(drawn[TRAIN:end], named[TRAIN:end]),
            "test": _split(test, real),
        },
        Bare(list(CLASSES), n_classes=10, channels=1, height=SIDE, width=SIDE),
    )


def _split(drawn: np.ndarray, named: np.ndarray) -> object:
    return pictures(drawn.reshape(len(drawn), -1), named, SIDE, MOST)


def read_idx(path: Path) -> np.ndarray:
    """A packed table of bytes in the IDX format: two zeros, the type (8 is a byte), how many
    dimensions, each of them as four bytes, then the numbers.

    Raises:
        CorpusUnavailable: it is none.
    """
    try:
        raw = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        raw = b""
    if len(raw) >= 4 and raw[:3] == b"\x00\x00\x08":
        D = raw[3]
        shape = np.frombuffer(raw, ">u4", D, 4) if len(raw) >= 4 + 4 * D else np.array([-1])
        if shape.prod(dtype=np.int64) == len(raw) - 4 - 4 * D:
            return np.frombuffer(raw, np.uint8, -1, 4 + 4 * D).reshape(shape.astype(int))
    raise CorpusUnavailable(
        f"{path.name} cannot be read: replace it with the original, or take it away so that it "
        "is downloaded."
    )

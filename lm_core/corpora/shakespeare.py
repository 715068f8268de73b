"""tiny-shakespeare: 40,000 lines of Shakespeare's plays, the corpus of char-rnn and nanoGPT."""

from lm_core.corpora.corpus import Corpus, CorpusInfo, Progress, register
from lm_core.corpora.fetching import RemoteFile, obtain
from lm_core.corpora.splitting import split_text

INFO = CorpusInfo(
    name="tiny-shakespeare",
    title="Tiny Shakespeare",
    licence="Public domain text; compiled for char-rnn by A. Karpathy (MIT).",
    may_be_passed_on=True,
    source="github.com/karpathy/char-rnn, data/tinyshakespeare/input.txt",
    how="download",
    size="1.1 MB",
    split_rule="In order: the first 90 % of the characters train, the rest validate; no test.",
)
FILE = RemoteFile(
    corpus=INFO.name,
    name="tinyshakespeare.txt",
    url="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    size=1_115_394,
    sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    aliases=("input.txt",),
)


@register(
    INFO,
    idea="Scenes from Shakespeare's plays, a million letters: what everyone tries first.",
    order=30,
    sources=lambda: [FILE],
)
def load_tiny_shakespeare(progress: Progress | None = None) -> Corpus:
    """Raises what `fetching.obtain` raises."""
    (path,) = obtain([FILE], progress)
    # Bytes, because reading as text would turn other line ends into "\n" and move the cut.
    return Corpus(INFO, split_text(path.read_bytes().decode("utf-8"), 0.9))

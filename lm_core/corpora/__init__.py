"""Where text comes from: packages, downloads, your own files; splits that do not leak."""

from lm_core.corpora.corpus import SPLITS, Corpus, CorpusInfo, Progress, corpora
from lm_core.corpora.fetching import Cancelled
from lm_core.corpora.load import is_ready, load_corpus, origin, remove_download

__all__ = [
    "SPLITS",
    "Cancelled",
    "Corpus",
    "CorpusInfo",
    "Progress",
    "corpora",
    "is_ready",
    "load_corpus",
    "origin",
    "remove_download",
]

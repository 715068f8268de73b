"""Where text comes from: packages, downloads, rules, your own files; splits that do not leak."""

from lm_core.corpora.corpus import (
    SPLITS,
    AnyCorpus,
    Corpus,
    CorpusInfo,
    Labelled,
    Pairs,
    Progress,
    corpora,
    of_kind,
)
from lm_core.corpora.fetching import Cancelled
from lm_core.corpora.load import (
    is_at_hand,
    is_ready,
    load_corpus,
    origin,
    remove_download,
    to_be_fetched,
)

__all__ = [
    "SPLITS",
    "AnyCorpus",
    "Cancelled",
    "Corpus",
    "CorpusInfo",
    "Labelled",
    "Pairs",
    "Progress",
    "corpora",
    "is_at_hand",
    "is_ready",
    "load_corpus",
    "of_kind",
    "origin",
    "remove_download",
    "to_be_fetched",
]

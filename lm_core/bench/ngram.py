"""The n-gram measured: time to count, time to score, surprise per character."""

import torch

from lm_core.bench.ngram_words import bench_words
from lm_core.bench.result import Result
from lm_core.bench.timing import median_seconds

ORDERS = (6, 7)


def bench_ngram(*, repeats: int = 3) -> list[Result]:
    """Fit and score on tiny-shakespeare characters, or on the speeches where it is not there; then
    over the words of the speeches (`ngram_words.py`).

    The validation split is scored as one text, first character aside. Times are medians of
    `repeats`, on the threads torch is set to.

    Raises:
        CorpusUnavailable: the corpus cannot be read.
    """
    from lm_core.corpora.load import is_ready, load_corpus
    from lm_core.encoded import encode_documents
    from lm_core.models.ngram import Ngram, NgramSettings
    from lm_core.tokenizers.char import CharTokenizer

    name = "tiny-shakespeare" if is_ready("tiny-shakespeare") else "speeches"
    corpus = load_corpus(name)
    tokenizer = CharTokenizer.train(corpus.splits["train"], items=corpus.items)
    train, validation = (
        encode_documents(
            corpus.splits[split], tokenizer, items=corpus.items, skip_unknown=split != "train"
        )
        for split in ("train", "validation")
    )
    idx, targets = validation.ids[None, :-1], validation.ids[None, 1:]  # (1, N - 1)
    results = []
    for order in ORDERS:
        model = Ngram(NgramSettings(order=order), tokenizer.vocab_size)
        fit = median_seconds(lambda m=model: m.fit(train.ids, train.starts), repeats)
        score = median_seconds(lambda m=model: m.nats(idx, targets), repeats)
        nats, _ = model.nats(idx, targets)
        about = {
            "corpus": name,
            "tokenizer": "char",
            "order": order,
            "train_tokens": len(train.ids),
            "scored_tokens": targets.numel(),
            "threads": torch.get_num_threads(),
        }
        mean = nats.double().mean().item()
        results += [
            Result(f"ngram_{order}_nats", mean, "nats per character", False, about),
            Result(f"ngram_{order}_fit", fit, "s", False, {**about, "repeats": repeats}),
            Result(f"ngram_{order}_score", score, "s", False, {**about, "repeats": repeats}),
        ]
    return results + bench_words()

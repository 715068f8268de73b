"""The n-gram over a large vocabulary measured: words of the speeches, in a process of its own.

The memory is that of the whole process at its highest: Python, torch, the text, its ids, the
counts. A process that did other work before would show that work's.
"""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from lm_core.bench.result import Result
from lm_core.json_files import numbers

ORDER = 5
SCORED = 200_000  # tokens
NEXT = 200  # next tokens asked for, one after the other

CODE = (
    "from lm_core.bench.ngram_words import measure; from lm_core.json_files import dumps; "
    "print(dumps(measure()))"
)


def bench_words() -> list[Result]:
    """Time to count and to score, time of one next-token distribution, peak memory."""
    done = subprocess.run([sys.executable, "-c", CODE], check=True, capture_output=True, text=True)
    found: dict[str, Any] = numbers(json.loads(done.stdout))
    about = found.pop("about")
    name = f"ngram_words_{ORDER}"
    results = [
        Result(f"{name}_nats", found["nats"], "nats per token", False, about),
        Result(f"{name}_fit", found["fit"], "s", False, about),
        Result(f"{name}_score", found["score"], "s", False, about),
        Result(f"{name}_next", found["next"], "ms", False, about),
    ]
    if found["memory"] is not None:
        results.append(Result(f"{name}_memory", found["memory"], "GB", False, about))
    return results


def measure() -> dict[str, Any]:
    """Load, tokenize, fit, score and ask for next tokens, once, in this process.

    Raises:
        CorpusUnavailable: the speeches cannot be read.
    """
    import torch

    from lm_core.bench.timing import median_seconds
    from lm_core.corpora.load import load_corpus
    from lm_core.encoded import encode_corpus
    from lm_core.models.ngram import Ngram, NgramSettings
    from lm_core.tokenizers.word import WordTokenizer

    corpus = load_corpus("speeches")
    tokenizer = WordTokenizer.train(corpus.splits["train"])
    data = encode_corpus(corpus, tokenizer)
    train = data["train"]
    held = torch.cat([data["validation"].ids, data["test"].ids])[: SCORED + 1]
    model = Ngram(NgramSettings(order=ORDER), tokenizer.vocab_size)
    began = time.perf_counter()
    model.fit(train.ids, train.starts)
    fitted = time.perf_counter()
    nats, _ = model.nats(held[None, :-1], held[None, 1:])
    scored = time.perf_counter()
    places = iter(range(ORDER, ORDER + NEXT))
    next_token = median_seconds(lambda: model(*_last(held[None], next(places))), NEXT)
    return {
        "nats": nats.double().mean().item(),
        "fit": fitted - began,
        "score": scored - fitted,
        "next": 1000 * next_token,
        "memory": peak_memory(),
        "about": {
            "corpus": "speeches",
            "tokenizer": "word",
            "order": ORDER,
            "vocabulary": tokenizer.vocab_size,
            "train_tokens": len(train.ids),
            "scored_tokens": nats.numel(),
            "threads": torch.get_num_threads(),
        },
    }


def _last(ids: Any, place: int) -> tuple[Any, Any]:
    """The token before `place` (1, 1), and as the state those before it (1, ORDER - 2)."""
    return ids[:, place - 1 : place], ids[:, place - ORDER + 1 : place - 1]


def peak_memory() -> float | None:
    """The most memory this process ever held, in GB (10^9 bytes); None where no one says."""
    try:  # Linux; what getrusage says there can be what the process that started this one held
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / 1e9
    except (OSError, TypeError):
        pass
    try:
        import resource  # Windows has none
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * (1 if sys.platform == "darwin" else 1024) / 1e9

"""Guessing by how often each token comes, beside a dictionary."""

import math
from collections import Counter

import pytest

from lm_core.encoded import encode_documents
from lm_core.errors import BadText
from lm_core.evaluation.baselines import frequencies
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import NAMES

TOKENIZER = CharTokenizer.train(NAMES)


@pytest.mark.parametrize("items", [True, False])
def test_it_is_what_a_dictionary_says(items: bool) -> None:
    train, held = NAMES[:30], NAMES[30:]
    encoded = [encode_documents(part, TOKENIZER, items=items) for part in (train, held)]
    V = TOKENIZER.vocab_size
    text, other = ("\n".join(["", *part, ""])[1:] for part in (train, held))
    counts = Counter(text)
    p = {c: (n + 1) / (len(text) + V) for c, n in counts.items()}
    right = -sum(math.log(p.get(c, 1 / (len(text) + V))) for c in other) / len(other)
    assert frequencies(*encoded, V) == pytest.approx(right, abs=1e-12)


def test_a_text_of_one_token_is_refused() -> None:
    one, many = (encode_documents([t], TOKENIZER, items=False) for t in ("a", "anna"))
    for pair in ((one, many), (many, one)):
        with pytest.raises(BadText, match="at least two tokens"):
            frequencies(*pair, TOKENIZER.vocab_size)

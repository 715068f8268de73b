"""Pairs of letters, held to the bigram family and to the course's figures."""

import math
import os
from pathlib import Path

import pytest
import torch

from lm_core.corpora.pair_surprise import pair_surprise
from lm_core.encoded import encode_documents
from lm_core.models.bigram import Bigram, BigramSettings
from lm_core.tokenizers.char import CharTokenizer

NAMES = ["emma", "ava", "ava", "mia", "zoe"]


@pytest.mark.parametrize("k", [0.0, 1.0, 5.0])
def test_it_is_what_the_family_that_counts_pairs_gives(k: float) -> None:
    tokenizer = CharTokenizer.train(NAMES)
    data = encode_documents(NAMES, tokenizer, items=True)
    model = Bigram(BigramSettings(k=k), tokenizer.vocab_size)
    model.fit(data.ids, data.starts)
    nats, _ = model.nats(data.ids[None, :-1], data.ids[None, 1:])
    assert pair_surprise(NAMES, k) == pytest.approx(torch.mean(nats).item(), rel=1e-5)


def test_doubles_count_and_an_empty_list_has_no_loss() -> None:
    assert pair_surprise(NAMES) != pair_surprise(list(dict.fromkeys(NAMES)))
    assert math.isnan(pair_surprise([]))


def test_the_whole_list_of_the_course_gives_its_figures() -> None:
    path = Path(os.environ.get("LM_LAB_TEST_DATA", ""), "names.txt")
    if not path.is_file():
        pytest.skip("set LM_LAB_TEST_DATA to a folder that holds names.txt")
    names = path.read_text().split()
    for k, published in {0.0: 2.4540, 1.0: 2.4546, 5.0: 2.4577}.items():
        assert round(pair_surprise(names, k), 4) == published

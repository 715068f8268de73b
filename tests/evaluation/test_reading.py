import math
from pathlib import Path

import pytest
import torch
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from lm_core.checkpoints import load_checkpoint
from lm_core.encoded import encode_documents
from lm_core.errors import BadCheckpoint, BadText
from lm_core.evaluation import evaluate, token_nats
from lm_core.evaluation.reading import (
    NOTHING,
    Reading,
    dearest,
    given,
    read,
    seen_before,
    stretches,
)
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.tokenizer import Tokenizer
from lm_core.tokenizers.word import WordTokenizer
from tests.tiny import NAMES, READERS, TEXT, encoded, lively_model, some_ids, stream, tiny_model

SHIPPED = Path(__file__).parents[2] / "checkpoints"
FAMILIES = [entry.name for entry in READERS]
TOKENIZERS: dict[str, Tokenizer] = {
    "char": CharTokenizer.train([TEXT]),
    "word": WordTokenizer.train([TEXT]),
    "bpe": BPETokenizer.train([TEXT], BPESettings(vocab_size=300)),
}
SENTENCE = "My fellow Americans, the state of our union is strong. 👋"


def agrees(found: Reading, logits: torch.Tensor, ids: torch.Tensor) -> None:
    """Logits (N, V) of the tokens `ids` (N,), by a loop over plain lists."""
    for n, (row, id) in enumerate(zip(logits.double().tolist(), ids.tolist(), strict=True)):
        most = max(row)
        whole = math.fsum(math.exp(z - most) for z in row)
        p = [math.exp(z - most) / whole for z in row]
        likelier = sum(z > row[id] for z in row)
        assert found.nats[n].item() == pytest.approx(-math.log(p[id]), rel=1e-3, abs=1e-4)
        assert found.rank[n].item() == pytest.approx(likelier + 1, abs=1)  # rounding: equal scores
        spread = math.fsum(-one * math.log(one) for one in p if one)
        assert found.entropy[n].item() == pytest.approx(spread, rel=1e-3, abs=1e-4)
        best = sorted(p, reverse=True)[: found.top.size(1)]
        assert found.top_nats[n].exp().reciprocal().tolist() == pytest.approx(best, abs=1e-4)
        assert [p[k] for k in found.top[n].tolist()] == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("folder", ["speeches-ngram", "speeches-lstm", "speeches-transformer"])
def test_what_a_shipped_model_makes_of_a_sentence_follows_from_its_logits(folder: str) -> None:
    saved = load_checkpoint(SHIPPED / folder)
    ids = torch.from_numpy(saved.tokenizer.encode(SENTENCE))
    found = read(saved.model, given(SENTENCE, saved.tokenizer, items=False).encoded)
    with torch.inference_mode():  # each token from a pass of its own over what stands before it
        logits = torch.cat([saved.model(ids[None, :t])[0][:, -1] for t in range(1, len(ids))])
    assert torch.equal(found.ids, ids[1:])
    agrees(found, logits, ids[1:])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", [2, 100])
def test_the_surprise_of_all_is_what_evaluate_says(family: str, n: int) -> None:
    """Beyond the context, and beyond a piece that is read at once."""
    model, data = lively_model(family), stream(some_ids(n, 27))
    found, plain = read(model, data, top=3), evaluate(model, data)
    assert found.score.nats == pytest.approx(plain.nats, rel=1e-5)
    assert (found.score.tokens, found.score.whole) == (plain.tokens, True)
    assert found.nats.tolist() == pytest.approx(
        token_nats(model, data).tolist(), rel=1e-3, abs=1e-4
    )
    assert found.top.shape == found.top_nats.shape == (n - 1, 3)
    assert ((found.rank == 1) == (found.nats <= found.top_nats[:, 0])).all()


@pytest.mark.parametrize("family", ["transformer", "mlp", "lstm", "ngram"])
@pytest.mark.parametrize("items", [False, True], ids=["text", "items"])
def test_what_was_seen_before_a_token_gives_its_surprise(family: str, items: bool) -> None:
    """Also far beyond the context, and in a list, where nothing of another item was seen."""
    tokenizer, data = encoded(NAMES[:9] if items else [TEXT[:150]], items=items)
    model = lively_model(family, tokenizer.vocab_size)
    found = read(model, data)
    assert len(found.ids) > 2 * (model.context_size or 16)
    for at in range(0, len(found.ids), 7):
        seen = seen_before(model, data, at)
        if items:
            assert seen.index(tokenizer.boundary_id) == 0 == seen.count(tokenizer.boundary_id) - 1
        with torch.inference_mode():
            p = model(torch.tensor([seen]))[0][0, -1].softmax(-1)[found.ids[at]]
        assert -math.log(p) == pytest.approx(float(found.nats[at]), rel=1e-3, abs=1e-4)
    with pytest.raises(IndexError):
        seen_before(model, data, len(found.ids))


@pytest.mark.parametrize("family", ["lstm", "ngram"])
def test_the_state_goes_on_from_piece_to_piece(family: str) -> None:
    model, data = lively_model(family), stream(some_ids(1200, 27))
    found = read(model, data)
    assert found.score.nats == pytest.approx(evaluate(model, data).nats, rel=1e-5)


def test_items_and_what_was_skipped_are_counted_as_evaluate_counts_them() -> None:
    tokenizer, _ = encoded(NAMES, items=True)
    one = given("emma\n\n  \nzoë!", tokenizer, items=True)
    lines = encode_documents(["emma", "zoë!"], tokenizer, items=True, skip_unknown=True)
    assert torch.equal(one.encoded.ids, lines.ids)
    model = lively_model("lstm", tokenizer.vocab_size)
    found, plain = read(model, one.encoded).score, evaluate(model, lines)
    assert found.nats == pytest.approx(plain.nats, rel=1e-5)
    assert (found.skipped_characters, found.skipped_bytes) == (2, 3)
    assert (found.characters, found.bytes) == (plain.characters, plain.bytes)


def test_a_small_vocabulary_has_fewer_guesses() -> None:
    assert read(lively_model("bigram", 4), stream(some_ids(9, 4))).top.shape == (8, 4)


def test_impossible_tokens_are_infinite_and_no_numbers_are_refused() -> None:
    counted = tiny_model("bigram", 3, k=0.0)
    counted.fit(torch.tensor([0, 1, 0, 1]), torch.zeros(1, dtype=torch.int64))
    found = read(counted, stream(torch.tensor([0, 2, 0])))
    assert found.nats[0] == math.inf
    assert found.entropy[0] == 0
    model = lively_model("lstm")
    with torch.no_grad():
        for weight in model.parameters():
            weight.fill_(math.nan)
    with pytest.raises(BadCheckpoint, match="train it again"):
        read(model, stream(some_ids(9, 27)))


@pytest.mark.parametrize("text", ["", "\n \n", "123\n456"])
def test_a_text_of_which_nothing_can_be_read_is_refused(text: str) -> None:
    tokenizer = CharTokenizer.train(NAMES)
    with pytest.raises(BadText, match=NOTHING if text.strip() else None):
        given(text, tokenizer, items=True)
    with pytest.raises(BadText):
        read(lively_model("lstm"), given(text.strip(), tokenizer, items=False).encoded)


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("items", [True, False])
@settings(deadline=None, max_examples=12)
@for_all(text=st.text(max_size=40))
def test_whatever_is_given_each_token_has_its_place_in_it(
    kind: str, items: bool, text: str
) -> None:
    try:
        one = given(text, TOKENIZERS[kind], items=items)
    except BadText:
        return
    before, size = 0, len(one.text.encode("utf-8", "replace"))
    assert len(one.spans) == len(one.encoded.ids)
    for low, high in one.spans:
        assert before <= low <= high <= size
        before = low
    if one.encoded.predictions:
        found = read(tiny_model("bigram", TOKENIZERS[kind].vocab_size), one.encoded)
        assert found.score.nats == pytest.approx(
            len(found.ids) * math.log(TOKENIZERS[kind].vocab_size), rel=1e-4
        )


def test_two_that_cut_alike_are_laid_beside_each_other_token_by_token() -> None:
    spans = TOKENIZERS["bpe"].spans(TEXT)
    found = stretches(spans, spans)
    assert [(list(a), list(b)) for a, b in found] == [([k], [k]) for k in range(len(spans))]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([(0, 1), (1, 2), (2, 4)], [(0, 2), (2, 4)], [([0, 1], [0]), ([2], [1])]),
        ([(0, 3), (3, 4), (4, 7)], [(0, 3), (4, 7)], [([0], [0]), ([1, 2], [1])]),  # a blank
        ([(0, 2), (2, 3)], [(0, 2)], [([0, 1], [0])]),
        ([(0, 2)], [(0, 1)], [([0], [0])]),
        ([], [(0, 1)], [([], [0])]),
        ([], [], []),
    ],
)
def test_stretches_end_with_a_token_of_both(first: list, second: list, expected: list) -> None:
    assert [(list(a), list(b)) for a, b in stretches(first, second)] == expected
    turned = [(list(b), list(a)) for a, b in stretches(second, first)]
    assert turned == expected


@settings(deadline=None, max_examples=15)
@for_all(text=st.text(max_size=60))
def test_stretches_hold_every_token_of_both_once(text: str) -> None:
    for one in TOKENIZERS.values():
        for other in TOKENIZERS.values():
            a, b = one.spans(text), other.spans(text)
            found = stretches(a, b)
            assert [k for part, _ in found for k in part] == list(range(len(a)))
            assert [k for _, part in found for k in part] == list(range(len(b)))


@for_all(nats=st.lists(st.floats(0, 20), min_size=1, max_size=30))
def test_the_dearest_tokens_carry_half(nats):
    few = dearest(torch.tensor(nats, dtype=torch.float64))
    ranked = sorted(nats, reverse=True)
    assert sum(ranked[:few]) >= sum(nats) / 2 - 1e-9
    assert few == 1 or sum(ranked[: few - 1]) < sum(nats) / 2 + 1e-9


def test_what_was_held_impossible_is_dearest():
    assert dearest(torch.tensor([1.0, torch.inf, 3.0, torch.inf])) == 2
    assert dearest(torch.zeros(0)) == 0

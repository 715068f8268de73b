import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lm_core.encoded import encode_documents
from lm_core.errors import BadText
from lm_core.evaluation import Score, evaluate, score, token_nats
from lm_core.models.contract import LanguageModel
from lm_core.settings import Settings
from lm_core.tokenizers.bpe import BPESettings, BPETokenizer
from lm_core.tokenizers.char import CharTokenizer
from lm_core.tokenizers.word import WordTokenizer
from tests.marks import fewer_examples, most_slow
from tests.tiny import NAMES, READERS, TEXT, encoded, lively_model, some_ids, stream, tiny_model

FAMILIES = [entry.name for entry in READERS]
BITS = math.log(2)


class Fixed(LanguageModel):
    """Says the same probabilities whatever was read."""

    def __init__(self, probabilities: list[float], context: int | None = None) -> None:
        super().__init__(Settings(), len(probabilities))
        self.logits = torch.tensor(probabilities).log()
        self._context, self.longest = context, 0

    @property
    def context_size(self) -> int | None:
        return self._context

    def forward(self, idx, state=None):
        self.longest = max(self.longest, idx.size(1))
        return self.logits.expand(*idx.shape, -1), None


class Echo(Fixed):
    """Says how many tokens of context it was given: as ln p of every token."""

    def forward(self, idx, state=None):
        t = torch.arange(1, idx.size(1) + 1, dtype=torch.float32)
        return t.view(1, -1, 1).expand(*idx.shape, self.vocab_size), None

    def nats(self, idx, targets, state=None):
        logits, _ = self(idx)
        return logits[..., 0] * (targets >= 0), None


def die(probabilities: list[float]) -> Score:
    """The expected surprise of a die that is thrown by its own probabilities."""
    faces = [k for k, p in enumerate(probabilities) for _ in range(round(100 * p))]
    return evaluate(Fixed(probabilities), stream(torch.tensor([0, *faces])))


# What the figures are -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probabilities", "bits", "perplexity"),
    [
        ([0.5, 0.5], 1, 2),
        ([1.0], 0, 1),
        ([0.25] * 4, 2, 4),
        ([0.7, 0.1, 0.1, 0.1], 1.35678, 2.5611),
        ([0.97, 0.01, 0.01, 0.01], 0.2419, 1.1826),
        ([0.49, 0.49, 0.01, 0.01], 1.1414, 2.2060),
    ],
)
def test_the_perplexity_of_a_die(
    probabilities: list[float], bits: float, perplexity: float
) -> None:
    """The course's examples; a token here is a character and a byte."""
    result = die(probabilities)
    assert result.nats_per_token / BITS == pytest.approx(bits, abs=5e-5)
    assert result.perplexity == pytest.approx(perplexity, abs=5e-5)


@pytest.mark.parametrize(("p", "nats", "perplexity"), [(0.8, 0.2231, 1.250), (0.6, 0.5108, 5 / 3)])
def test_the_surprise_of_one_token(p: float, nats: float, perplexity: float) -> None:
    result = evaluate(Fixed([p, 1 - p]), stream(torch.zeros(2, dtype=torch.int64)))
    assert result.nats == pytest.approx(nats, abs=5e-5)
    assert result.perplexity == pytest.approx(perplexity, abs=5e-4)


@pytest.mark.parametrize(("V", "nats"), [(27, 3.2958), (65, 4.1744)])
@pytest.mark.parametrize("family", FAMILIES)
def test_who_knows_nothing_is_surprised_by_ln_v(family: str, V: int, nats: float) -> None:
    result = evaluate(tiny_model(family, V), stream(some_ids(500, V)))
    assert result.nats_per_token == pytest.approx(nats, rel=0.05)
    if family == "transformer":
        assert result.nats_per_token == pytest.approx(nats, abs=5e-5)


def test_bits_are_per_byte_and_per_character_of_the_text() -> None:
    tokenizer, data = encoded(["né"] * 3, items=True)
    V = tokenizer.vocab_size
    result = evaluate(Fixed([1 / V] * V), data)
    assert (result.tokens, result.characters, result.bytes) == (9, 9, 12)
    assert result.nats == pytest.approx(9 * math.log(V))
    assert result.bits_per_character == pytest.approx(math.log2(V))
    assert result.bits_per_byte == pytest.approx(9 * math.log2(V) / 12)


def test_a_sum_over_tokens_then_one_division() -> None:
    """Items of different lengths: the mean of their means would be another number."""
    tokenizer, data = encoded(["a", "abcabcabc"], items=True)
    model = lively_model("lstm", tokenizer.vocab_size)
    parts = [
        evaluate(model, encode_documents([item], tokenizer, items=True))
        for item in ("a", "abcabcabc")
    ]
    whole = evaluate(model, data)
    assert whole.nats == pytest.approx(sum(part.nats for part in parts), rel=1e-5)
    assert whole.tokens == sum(part.tokens for part in parts) == 12
    assert whole.nats_per_token == whole.nats / 12
    mean_of_means = sum(part.nats_per_token for part in parts) / 2
    assert abs(whole.nats_per_token - mean_of_means) > 1e-3


@pytest.mark.parametrize("nats", [1e6, math.inf])
def test_a_perplexity_that_no_number_is_large_enough_for_is_infinite(nats: float) -> None:
    assert Score(nats, 10, 10, 10, True).perplexity == math.inf


# What was not read --------------------------------------------------------------------------------

READERS = {
    "char": CharTokenizer.train(["anna came late"]),
    "word": WordTokenizer(["<unk>", "<eos>", "anna", "came", "late"]),
    "bpe": BPETokenizer.train(["anna came late"], BPESettings(vocab_size=300)),
}


@pytest.mark.parametrize("kind", READERS)
@given(strange=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_what_cannot_be_read_is_never_rewarded(kind: str, strange: str) -> None:
    """Whatever is put before a text, its bits per character fall below those of the text alone
    only where the model has read and guessed it; else they are withheld."""
    tokenizer = READERS[kind]
    model = Fixed([1 / tokenizer.vocab_size] * tokenizer.vocab_size)

    def scored(text: str) -> Score:
        encoded = encode_documents([text], tokenizer, items=True, skip_unknown=True)
        return evaluate(model, encoded)

    alone, both = scored("anna came late"), scored(f"{strange} anna came late")
    assert both.characters + both.skipped_characters == len(strange) + 16
    assert both.bits_per_character is None or not both.withheld
    if both.bits_per_character is not None:
        assert both.skipped_characters <= 0.01 * (both.characters + both.skipped_characters)
        # A uniform guesser pays the same for each token; fewer per character are longer words.
        paid = both.tokens / both.characters
        assert paid * math.log2(tokenizer.vocab_size) == pytest.approx(both.bits_per_character)
    if kind == "char" and both.withheld is None:
        assert both.bits_per_character == pytest.approx(alone.bits_per_character)


def test_bits_are_withheld_beyond_a_share_and_divided_by_what_was_scored_within_it() -> None:
    tokenizer = CharTokenizer.train(["ab"])
    model = Fixed([0.5, 0.25, 0.25])
    for strange, total in [(1, 200), (2, 200), (3, 200)]:
        text = "a" * (total - strange) + "é" * strange
        found = evaluate(model, encode_documents([text], tokenizer, items=False, skip_unknown=True))
        assert (found.characters, found.skipped_characters) == (total - strange, strange)
        assert (found.bytes, found.skipped_bytes) == (total - strange, 2 * strange)
        if strange <= 2:
            assert found.withheld is None
            assert found.bits_per_character == pytest.approx(found.nats / BITS / found.characters)
            assert found.bits_per_byte == pytest.approx(found.nats / BITS / found.bytes)
        else:
            assert "1.5 % of the characters" in found.withheld
            assert found.bits_per_character is found.bits_per_byte is None
        assert found.nats_per_token == pytest.approx(2 * BITS)


def test_a_part_says_its_share_of_what_was_skipped() -> None:
    tokenizer = CharTokenizer.train(["ab"])
    data = encode_documents(["ab" * 3000 + "é" * 600], tokenizer, items=False, skip_unknown=True)
    part = evaluate(Fixed([0.5, 0.25, 0.25], context=16), data, max_tokens=600)
    assert part.skipped_characters == pytest.approx(part.tokens / 10, rel=0.02)
    assert part.withheld


# Which tokens, from which context -----------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("n", most_slow([2, 16, 17, 18, 100], quick=[17, 100]))
def test_every_token_is_scored_once(family: str, n: int) -> None:
    data = stream(some_ids(n, 27))
    result = evaluate(lively_model(family), data)
    assert result.tokens == n - 1
    assert result.whole
    assert (result.characters, result.bytes) == (n, n)
    nats = token_nats(lively_model(family), data)
    assert len(nats) == n - 1
    assert nats.double().sum().item() == pytest.approx(result.nats, rel=1e-6)


@pytest.mark.parametrize("family", [f for f in FAMILIES if tiny_model(f).context_size is None])
def test_a_model_that_carries_its_state_reads_from_the_beginning(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = some_ids(1500, 27)
    model = lively_model(family, noise=0.05)  # a memory that fades, as a trained one's does
    with torch.inference_mode():
        expected, _ = model.nats(ids[None, :-1], ids[None, 1:])
    nats = token_nats(model, stream(ids))
    torch.testing.assert_close(nats, expected[0].cpu(), atol=1e-4, rtol=1e-4)
    # Further rows are warmed up, and by then it hardly matters where they began.
    monkeypatch.setattr(score, "LONG_ROW", 600)
    again = token_nats(model, stream(ids))
    torch.testing.assert_close(again[:600], nats[:600], atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(again, nats, atol=0.1, rtol=0)
    assert again.mean().item() == pytest.approx(nats.mean().item(), abs=1e-3)


def test_a_limited_context_is_never_less_than_half_full() -> None:
    model = Echo([0.5, 0.5], context=8)
    nats = token_nats(model, stream(some_ids(100, 2))).tolist()
    assert nats[:8] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(5 <= context <= 8 for context in nats[8:])


def test_a_transformer_is_scored_as_its_windows_say() -> None:
    model = lively_model("transformer")
    ids = some_ids(45, 27)
    expected = []
    for t in range(1, 45):  # the token at t, from the window that ends with the row it is in
        begin = 0 if t <= 16 else -(-(t - 16) // 8) * 8
        with torch.inference_mode():
            logits, _ = model(ids[None, begin:t])
        expected.append(-logits[0, -1].log_softmax(-1)[ids[t]].item())
    assert token_nats(model, stream(ids)).tolist() == pytest.approx(expected, abs=1e-4)


def test_an_item_is_predicted_from_itself_alone() -> None:
    names = NAMES[:12]
    tokenizer, data = encoded(names, items=True)
    for family in FAMILIES:
        model = lively_model(family, tokenizer.vocab_size)
        alone = [
            token_nats(model, encode_documents([name], tokenizer, items=True)) for name in names
        ]
        torch.testing.assert_close(token_nats(model, data), torch.cat(alone), atol=1e-4, rtol=1e-4)


@fewer_examples()
@given(at_once=st.integers(1, 3000))
def test_how_much_is_held_at_a_time_changes_nothing(at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(score, "LOGITS_AT_ONCE", at_once)
        torch.testing.assert_close(token_nats(*PAIR), EXPECTED, atol=1e-5, rtol=1e-5)


PAIR = lively_model("transformer"), stream(some_ids(200, 27))
EXPECTED = token_nats(*PAIR)


# A part of it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("most", most_slow([1, 50, 300, 1000], quick=[1, 300]))
def test_a_part_is_fixed_and_about_as_large_as_asked(family: str, most: int) -> None:
    data = stream(some_ids(3000, 27))
    model = lively_model(family)
    part, again = (evaluate(model, data, max_tokens=most) for _ in range(2))
    assert part == again
    assert not part.whole
    assert part.tokens <= max(2 * most, 520)
    assert part.tokens >= most / 2
    assert part.characters == pytest.approx(part.tokens, rel=0.01, abs=1)


def test_a_part_is_spread_over_the_text() -> None:
    """The first half is easy and the second hard: a part of either alone would mislead."""
    data = stream(torch.cat([torch.zeros(2000), torch.ones(2000)]).long())
    part = evaluate(Fixed([0.9, 0.1], context=16), data, max_tokens=400)
    whole = evaluate(Fixed([0.9, 0.1], context=16), data)
    assert part.nats_per_token == pytest.approx(whole.nats_per_token, rel=0.05)


@pytest.mark.parametrize("most", [None, 10**6, 99])
def test_asking_for_all_is_the_whole(most: int | None) -> None:
    result = evaluate(lively_model("lstm"), stream(some_ids(100, 27)), max_tokens=most)
    assert result.whole
    assert result.tokens == 99


# The model is left as it was ----------------------------------------------------------------------


@pytest.mark.parametrize("training", [True, False])
def test_train_or_eval_mode_is_put_back(training: bool) -> None:
    model = lively_model("transformer", dropout=0.5).train(training)
    data = stream(some_ids(40, 27))
    assert evaluate(model, data) == evaluate(model, data)  # no dropout while scoring
    assert model.training is training
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize("n", [0, 1])
def test_a_text_without_a_next_token_is_refused(n: int) -> None:
    with pytest.raises(BadText, match="give more text"):
        evaluate(lively_model("lstm"), stream(torch.zeros(n, dtype=torch.int64)))


def test_real_text_is_less_surprising_to_who_has_read_it() -> None:
    tokenizer, data = encoded([TEXT])
    model = tiny_model("ngram", tokenizer.vocab_size, order=4)
    before = evaluate(model, data)
    model.fit(data.ids, data.starts)
    assert evaluate(model, data).bits_per_byte < 0.5 * before.bits_per_byte


def test_a_part_is_read_with_half_a_context_before_each_token_too() -> None:
    """Echo says how much it was given: past the first row never less than half of 256."""
    rows = score._score_rows(Echo([1.0], context=256), stream(some_ids(5000, 1)), 1000)
    given = torch.cat([nats for nats, _ in rows])
    assert len(given) >= 900
    assert (given[256:] > 128).all()


def test_long_rows_are_read_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "LOGITS_AT_ONCE", 5 * 2048)
    seen = []

    class Counting(Fixed):
        def forward(self, idx, state=None):
            seen.append(idx.numel() * self.vocab_size)
            return super().forward(idx, state)

    evaluate(Counting([0.2] * 5, context=2048), stream(some_ids(9000, 5)))
    assert max(seen) <= 5 * 2048


@pytest.mark.parametrize("family", FAMILIES)
def test_accuracy_is_the_share_of_first_guesses_that_are_right(family: str) -> None:
    short = stream(some_ids(9, 27))
    model = lively_model(family, 27).eval()
    idx, targets = short.ids[:-1].unsqueeze(0), short.ids[1:].unsqueeze(0)
    with torch.no_grad():
        logits = model(idx)[0] if model.causal else model.guesses(idx, targets)
    right = (logits.argmax(-1) == targets).float().mean().item()
    assert score.accuracy(model, short) == pytest.approx(right)


def test_of_a_large_vocabulary_fewer_tokens_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, model = [], tiny_model("lstm")
    read = type(model).forward

    def noted(self: LanguageModel, idx: torch.Tensor, state: object = None) -> object:
        seen.append(idx.numel())
        return read(self, idx, state)

    monkeypatch.setattr(type(model), "forward", noted)
    monkeypatch.setattr(score, "LEAST", 1)
    monkeypatch.setattr(score, "NUMBERS", 40 * model.vocab_size)
    text = stream(some_ids(400, model.vocab_size))
    score.accuracy(model, text)
    assert sum(seen) < 0.6 * len(text.ids)

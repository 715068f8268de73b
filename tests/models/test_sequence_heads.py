import pytest
import torch
from torch.nn import functional as F

from lm_core.corpora.names import load_names
from lm_core.errors import BadSettings, BadText, ContextTooLong
from lm_core.models.encoder import Encoder, EncoderSettings
from lm_core.models.sequence_heads import (
    SequenceClassifier,
    SequenceHead,
    SequenceRegressor,
    padded,
    pooled,
)
from lm_core.tokenizers.char import CharTokenizer
from lm_core.training.optimizers import OPTIMIZERS
from tests.tiny import lively_model, some_ids

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
SMALL = EncoderSettings(n_layer=1, n_head=2, n_embd=32, block_size=16)


@pytest.fixture(scope="module")
def names() -> dict[str, list[str]]:
    return load_names().splits


def lively_head(pool: str = "mean") -> SequenceHead:
    head = SequenceHead(lively_model("encoder"), 3, pool=pool)
    torch.nn.init.normal_(head.answer.weight)
    return head.eval()


def rows_of(names: list[str], tokenizer: CharTokenizer) -> tuple[torch.Tensor, torch.Tensor]:
    """Each name between two boundaries, as ids with padding."""
    b = tokenizer.boundary_id
    return padded([[b, *tokenizer.encode(name), b] for name in names])


def trained(head: SequenceHead, names: list[str], answer, loss, *, steps: int) -> CharTokenizer:
    """Train on 64 names at a time, in their (shuffled) order."""
    tokenizer = CharTokenizer.train(names)
    optimizer = OPTIMIZERS["adamw"](head.train(), lr=5e-3, weight_decay=0.0)
    for step in range(steps):
        batch = names[64 * step : 64 * step + 64]
        loss(head(*rows_of(batch, tokenizer)), answer(batch)).backward()
        optimizer.step()
        optimizer.zero_grad()
    head.eval()
    return tokenizer


def ends_in_vowel(names: list[str]) -> torch.Tensor:
    return torch.tensor([name[-1] in "aeiou" for name in names]).long()


def lengths(names: list[str]) -> torch.Tensor:
    return torch.tensor([float(len(name)) for name in names])


def test_a_classifier_learns_which_names_end_in_a_vowel(names) -> None:
    torch.manual_seed(0)
    head = SequenceClassifier(Encoder(SMALL, 27), 2)
    tokenizer = trained(head, names["train"], ends_in_vowel, F.cross_entropy, steps=120)
    held_out = names["validation"][:500]
    with torch.inference_mode():
        said = head.classes(*rows_of(held_out, tokenizer))
    right = (said == ends_in_vowel(held_out)).float().mean()
    most = ends_in_vowel(held_out).float().mean()
    assert max(most, 1 - most) < 0.7  # always the same answer is right no more often
    assert right > 0.95


def test_a_regressor_learns_the_length_of_names(names) -> None:
    torch.manual_seed(0)
    head = SequenceRegressor(Encoder(SMALL, 27))
    average, spread = lengths(names["train"]).mean(), lengths(names["train"]).std()

    def standard(batch: list[str]) -> torch.Tensor:
        return (lengths(batch) - average) / spread

    tokenizer = trained(head, names["train"], standard, F.mse_loss, steps=120)
    held_out = names["validation"][:500]
    with torch.inference_mode():
        said = head(*rows_of(held_out, tokenizer)) * spread + average
    assert said.shape == (500,)
    assert (said - lengths(held_out)).abs().mean() < 0.3  # letters
    assert (average - lengths(held_out)).abs().mean() > 1  # who always says the average


@pytest.mark.parametrize("pool", ["mean", "first"])
def test_padding_changes_no_answer(pool: str) -> None:
    head = lively_head(pool)
    rows = [some_ids(n, 27, seed=n).tolist() for n in (9, 1, 4)]
    with torch.inference_mode():
        together = head(*padded(rows))
        alone = torch.cat([head(*padded([row])) for row in rows])
        bare = torch.cat([head(torch.tensor([row])) for row in rows])
    torch.testing.assert_close(together, alone, **CLOSE)
    torch.testing.assert_close(together, bare, **CLOSE)


def test_the_mean_is_over_what_is_there() -> None:
    x = torch.tensor([[[1.0], [3.0], [8.0]], [[5.0], [float("inf")], [float("nan")]]])
    padding = torch.tensor([[False, False, False], [False, True, True]])
    assert pooled(x, padding).tolist() == [[4.0], [5.0]]
    assert pooled(x, padding, "first").tolist() == [[1.0], [5.0]]
    assert pooled(x[:1], None).tolist() == [[4.0]]
    assert pooled(x, torch.ones(2, 3, dtype=torch.bool)).tolist() == [[0.0], [0.0]]


def test_untrained_answers_are_all_alike_and_gradients_reach_the_encoder() -> None:
    encoder = lively_model("encoder").train()
    head = SequenceClassifier(encoder, 4)
    idx, padding = padded([[1, 2, 3], [4]])
    assert torch.equal(head(idx, padding), torch.zeros(2, 4))
    torch.nn.init.normal_(head.answer.weight)
    F.cross_entropy(head(idx, padding), torch.tensor([0, 3])).backward()
    assert encoder.embedding.weight.grad.any()
    assert encoder.embedding.weight.grad[:5].any(dim=1).tolist() == [False, True, True, True, True]


def test_a_frozen_encoder_stays_as_it_is() -> None:
    head = SequenceClassifier(lively_model("encoder").requires_grad_(False), 2)
    head(torch.tensor([[1, 2]]))[0, 0].backward()
    assert all(p.grad is None for p in head.encoder.parameters())
    assert head.answer.weight.grad.any()


def test_rows_of_any_length_are_padded_at_the_end() -> None:
    idx, padding = padded([[5, 6, 7], [8]])
    assert idx[0].tolist() == [5, 6, 7]
    assert idx[1, 0] == 8
    assert padding.tolist() == [[False, False, False], [False, True, True]]
    for wrong in ([], [[1], []]):
        with pytest.raises(BadText, match="at least one token in each"):
            padded(wrong)


def test_what_cannot_be_is_one_sentence() -> None:
    encoder = lively_model("encoder")
    with pytest.raises(BadSettings, match="pool must be one of mean, first, last, not 'max'"):
        SequenceClassifier(encoder, 2, pool="max")
    with pytest.raises(BadSettings, match="at least one number, not 0"):
        SequenceClassifier(encoder, 0)
    with pytest.raises(ContextTooLong, match="18 tokens"):
        SequenceRegressor(encoder)(some_ids(1, 18, 27))

"""What every family that translates promises, whatever its settings."""

import pytest
import torch
from torch.nn import functional as F

from lm_core.models import models
from lm_core.models.building import blueprint, build_model
from lm_core.models.translating import Writing, padded, unpadded
from lm_core.training.optimizers import OPTIMIZERS
from tests.marks import most_slow
from tests.tiny import lively_model, some_ids, stir, tiny_settings

CLOSE = {"atol": 1e-5, "rtol": 1e-5}
EXACT = {"atol": 1e-6, "rtol": 0}
V, SOURCE = 27, 19
TRANSLATORS = [entry.name for entry in models if "translation" in entry.build.tasks]
OPTIONS = [
    *(
        ("rnn-translator", {"cell": cell, "attention": attention})
        for cell in ("lstm", "gru")
        for attention in ("none", "bahdanau", "luong")
    ),
    *(("rnn-translator", {"attention": "luong", "reads": way}) for way in ("forward", "both")),
    ("rnn-translator", {"attention": "none", "reads": "both"}),
    ("rnn-translator", {"attention": "bahdanau", "reads": "backward"}),
    *(("encoder-decoder", {"position": p}) for p in ("sinusoidal", "none", "rotary", "learned")),
    ("encoder-decoder", {"position": "alibi"}),
    ("encoder-decoder", {"attention": "average"}),
    ("encoder-decoder", {"norm": "rms", "norm_place": "before", "qk_norm": True, "n_kv_head": 1}),
]


def not_lstm(kind: tuple[str, dict]) -> bool:
    return kind[0] != "rnn-translator" or kind[1].get("cell") == "gru"


every_kind = pytest.mark.parametrize(("family", "options"), OPTIONS, ids=str)


def lively(family: str, options: dict, *, source_size: int | None = SOURCE) -> torch.nn.Module:
    settings = tiny_settings(family, **options)
    return stir(build_model(family, settings, sizes(source_size)).eval())


def sizes(source_size: int | None) -> dict[str, int]:
    return {"vocab_size": V} | ({"source_size": source_size} if source_size else {})


def pairs(*lengths: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Sources and targets of these lengths, padded."""
    rows = [
        (some_ids(s, SOURCE, seed=n).tolist(), some_ids(t, V, seed=n + 100).tolist())
        for n, (s, t) in enumerate(lengths)
    ]
    return padded([source for source, _ in rows]), padded([target for _, target in rows])


LENGTHS = ((9, 5), (4, 7), (1, 1), (0, 3), (12, 2))


def test_a_family_says_that_it_translates() -> None:
    assert set(TRANSLATORS) == {"rnn-translator", "encoder-decoder"}
    assert {family for family, _ in OPTIONS} == set(TRANSLATORS)


@every_kind
def test_padding_changes_no_logit_of_what_is_there(family: str, options: dict) -> None:
    """A row alone, and beside longer ones; a source of no token among them. In float64: in float32
    products of another size are rounded otherwise, by about 2e-6 of numbers near 5."""
    model = lively(family, options).double()
    source, target = pairs(*LENGTHS)
    with torch.inference_mode():
        together = model.answer(source, target)
        assert together.shape == (5, 7, V)
        assert together.isfinite().all()
        wider = model.answer(F.pad(source, (0, 3), value=-1), F.pad(target, (0, 2), value=-1))
        for row, (S, T) in enumerate(LENGTHS):
            alone = model.answer(source[row : row + 1, :S], target[row : row + 1, :T])
            torch.testing.assert_close(together[row : row + 1, :T], alone, **EXACT)
            torch.testing.assert_close(wider[row : row + 1, :T], alone, **EXACT)
    assert together.abs().max() > 0.1


@every_kind
def test_step_by_step_is_what_is_answered_at_once(family: str, options: dict) -> None:
    model = lively(family, options)
    source, _ = pairs(*LENGTHS)
    target = some_ids(5, 12, V, seed=3)
    with torch.inference_mode():
        whole = model.answer(source, target)
        writing = model.writing(source)
        steps = [writing.step(target[:, t]) for t in range(12)]
    torch.testing.assert_close(torch.stack(steps, dim=1), whole, **CLOSE)


@every_kind
def test_rows_are_kept_and_repeated_in_any_order(family: str, options: dict) -> None:
    """As beams are."""
    model = lively(family, options)
    source, _ = pairs(*LENGTHS)
    target = some_ids(5, 9, V, seed=3)
    first, then = torch.tensor([4, 0, 0, 3, 1, 2]), torch.tensor([2, 1, 5])
    with torch.inference_mode():
        writing = model.writing(source)
        writing.pick(torch.arange(5))  # before any step, too
        for t in range(3):
            writing.step(target[:, t])
        before = writing.alignment
        writing.pick(first)
        if before is not None:
            assert torch.equal(writing.alignment, before[first])
        for t in range(3, 6):
            writing.step(target[first, t])
        writing.pick(then)
        rows = first[then]
        for t in range(6, 9):
            logits = writing.step(target[rows, t])
        expected = model.answer(source, target)[rows, -1]
    torch.testing.assert_close(logits, expected, **CLOSE)


@every_kind
def test_an_alignment_is_over_the_tokens_of_the_source(family: str, options: dict) -> None:
    model = lively(family, options)
    source, _ = pairs(*LENGTHS)
    with torch.inference_mode():
        writing = model.writing(source)
        assert isinstance(writing, Writing)
        assert writing.alignment is None
        writing.step(torch.zeros(5, dtype=torch.int64))
        found, cross = writing.alignment, writing.cross
    if options.get("attention") == "none":
        assert found is cross is None
        return
    assert found.shape == source.shape
    assert not found[source < 0].any()
    assert (found[source >= 0] > 0).all()
    total = found.sum(dim=1)
    if family == "rnn-translator":
        torch.testing.assert_close(total, (source >= 0).any(dim=1).float())
        assert cross is None
    else:  # something is left for "nothing before"
        assert (total < 1).all()
        assert cross.shape == (5, 2, 2, source.size(1))
        torch.testing.assert_close(found, cross[:, -1].mean(dim=1))


@every_kind
def test_no_token_changes_what_was_said_before_it(family: str, options: dict) -> None:
    model = lively(family, options)
    source, target = pairs((6, 8))
    with torch.inference_mode():
        before = model.answer(source, target)
        for t in range(1, 8):
            other = target.clone()
            other[0, t] = (other[0, t] + 1) % V
            after = model.answer(source, other)
            torch.testing.assert_close(after[:, :t], before[:, :t], **EXACT)
            assert not torch.equal(after[:, t], before[:, t])
        for s in range(6):
            other = source.clone()
            other[0, s] = (other[0, s] + 1) % SOURCE
            assert (model.answer(other, target) != before).any(dim=-1).all()


@every_kind
def test_an_untrained_model_says_every_token_alike_and_every_weight_learns(
    family: str, options: dict
) -> None:
    settings = tiny_settings(family, **options)
    source, target = pairs(*LENGTHS)
    untrained = build_model(family, settings, sizes(SOURCE))
    assert not untrained.answer(source, target).any()
    model = lively(family, options).train()
    there = unpadded(target)[1].logical_not()
    model.answer(source, target)[there].square().mean().backward()
    grads = {name: p.grad for name, p in model.named_parameters()}
    assert [n for n, g in grads.items() if g is None or not g.any() or not g.isfinite().all()] == []


@pytest.mark.parametrize(
    ("family", "options"), [kind for kind in OPTIONS if not_lstm(kind)], ids=str
)
def test_it_learns_in_bfloat16_too(family: str, options: dict) -> None:
    """As the trainer computes on a GPU: products in bfloat16, weights in float32. Of the LSTM torch
    has no such products on some processors."""
    model = lively(family, options).train()
    source, target = pairs(*LENGTHS)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model.answer(source, target)
    logits.float().square().mean().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    there = target >= 0
    exact = model.answer(source, target)[there]
    assert (logits[there].float() - exact).abs().mean() < 0.05 * exact.abs().mean()


@every_kind
def test_one_table_or_two(family: str, options: dict) -> None:
    one, two = (lively(family, options, source_size=size) for size in (None, SOURCE))
    width = one.settings.n_embd
    assert two.n_parameters == one.n_parameters + SOURCE * width
    assert (one.source_size, two.source_size) == (None, SOURCE)
    names = {name for name, _ in two.named_parameters()} - {n for n, _ in one.named_parameters()}
    assert names == {"source_embedding.weight"}
    planned = blueprint(family, tiny_settings(family, **options), sizes(SOURCE))
    assert planned.n_parameters == two.n_parameters
    source, target = pairs((3, 2))
    logits = one.answer(source, target)
    shared = one.embedding.weight.data
    shared[int(source[0, 0])] += 1.0
    assert not torch.equal(one.answer(source, target), logits)


@pytest.mark.parametrize("options", [{"position": p} for p in ("sinusoidal", "alibi", "rotary")])
def test_without_the_mask_each_token_sees_those_that_follow(options: dict) -> None:
    model = lively("encoder-decoder", options).double()
    source, target = pairs((6, 8), (2, 3))
    with torch.inference_mode():
        seen = model.answer(source, target, causal=False)
        other = target.clone()
        other[0, -1] = (other[0, -1] + 1) % V
        changed = model.answer(source, other, causal=False) != seen
        assert changed[0].any(dim=-1).all()
        alone = model.answer(source[1:, :2], target[1:, :3], causal=False)
    torch.testing.assert_close(seen[1:, :3], alone, **EXACT)  # padding is not seen all the same


@pytest.mark.parametrize(
    ("family", "options"),
    most_slow(
        [
            ("encoder-decoder", {}),
            *(("rnn-translator", {"attention": a}) for a in ("none", "bahdanau", "luong")),
        ],
        quick=[("rnn-translator", {"attention": "luong"})],
    ),
    ids=str,
)
def test_it_learns_to_copy(family: str, options: dict) -> None:
    """One text of letters to the same in capitals, by teacher forcing."""
    torch.manual_seed(0)
    settings = tiny_settings(family, **options)
    model = build_model(family, settings, {"vocab_size": 9, "source_size": 8}).train()
    source = some_ids(16, 5, 8)
    target = F.pad(source + 1, (1, 0))  # 0 begins
    wanted = F.pad(source + 1, (0, 1))  # and ends
    optimizer = OPTIMIZERS["adamw"](model, lr=1e-2, weight_decay=0.0)
    for _ in range(120):
        loss = F.cross_entropy(model.answer(source, target).flatten(0, 1), wanted.flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    with torch.inference_mode():
        writing, ids = model.eval().writing(source), torch.zeros(16, dtype=torch.int64)
        said = []
        for _ in range(6):
            ids = writing.step(ids).argmax(-1)
            said.append(ids)
    assert (torch.stack(said, dim=1) == wanted).float().mean() > 0.95


def test_rows_are_padded_with_what_is_no_token() -> None:
    ids = padded([[5, 6, 7], [], [8]])
    assert ids.tolist() == [[5, 6, 7], [-1, -1, -1], [8, -1, -1]]
    read, missing = unpadded(ids)
    assert read.min() == 0
    assert missing.tolist() == [[False] * 3, [True] * 3, [False, True, True]]
    assert padded([]).shape == (0, 0)
    assert padded([[], []]).shape == (2, 0)


def test_a_model_of_two_vocabularies_reads_no_plain_text() -> None:
    with pytest.raises(Exception, match="it translates"):
        lively("encoder-decoder", {})(some_ids(1, 5, V))
    assert lively_model("encoder-decoder").source_size is None

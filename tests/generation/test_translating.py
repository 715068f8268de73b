"""Translations by beams, against trying out every text, and against `transformers`."""

import itertools

import pytest
import torch

from lm_core.errors import BadSettings, ContextTooLong
from lm_core.generation.translating import Search, TranslationSession, translate
from lm_core.models.building import build_model
from lm_core.models.translating import Translates, padded
from tests.generation.huggingface import END, PAD, V, Wrapped, bart, theirs
from tests.marks import most_slow
from tests.tiny import some_ids, stir, tiny_settings

SOURCES = [[5, 6, 7, 8], [9, 10], [11], [4, 4, 12, 13, 14, 15]]
KINDS = [
    ("encoder-decoder", {}),
    *(("rnn-translator", {"attention": a}) for a in ("none", "bahdanau", "luong")),
]
every_kind = pytest.mark.parametrize(("family", "options"), KINDS, ids=str)


def lively(family: str, options: dict, size: int = 7, *, noise: float = 0.3) -> Translates:
    settings = tiny_settings(family, **options)
    sizes = {"vocab_size": size, "source_size": 16}
    return stir(build_model(family, settings, sizes).eval(), noise=noise)


def logprobs(model: Translates, source: list[int], target: list[int]) -> list[float]:
    """ln p of each token of a target and of the boundary 0 after it."""
    before = torch.tensor([[0, *target]])
    with torch.inference_mode():
        logs = model.answer(padded([source]), before)[0].log_softmax(dim=-1)
    return logs.gather(1, torch.tensor([*target, 0]).unsqueeze(1)).flatten().tolist()


@pytest.mark.parametrize(
    ("beam", "penalty", "early"),
    most_slow(
        list(itertools.product((2, 3, 5), (0.0, 0.6, 1.0, 2.0), (False, True, "never"))),
        quick=[
            *[(3, 0.6, False), (5, 2.0, False)],
            *[(3, 0.0, True), (2, 2.0, True)],
            *[(5, 0.6, "never"), (2, 1.0, "never")],
        ],
    ),
)
def test_it_finds_what_transformers_finds(beam: int, penalty: float, early: bool | str) -> None:
    """Every beam of every sentence and its score, whatever the rule of stopping."""
    lengths, how = set(), {"length_penalty": penalty, "early_stopping": early}
    ids = torch.nn.utils.rnn.pad_sequence(
        [torch.tensor(source) for source in SOURCES], batch_first=True, padding_value=PAD
    )
    for seed in range(4):
        model = bart(seed)
        there = {"attention_mask": (ids != PAD).long()}
        expected = theirs(model, ids, beam, max_new_tokens=12, **there, **how)
        search = Search(Wrapped(model), SOURCES, boundary_id=END, max_tokens=12, beam=beam, **how)
        while not search.done:
            search.step()
        for n, rows in enumerate(expected):
            found = search.translations(n)
            assert [one.ids for one in found] == [row for row, _ in rows]
            scores = torch.tensor([one.score for one in found])
            torch.testing.assert_close(scores, torch.tensor([score for _, score in rows]))
            lengths |= {len(one.ids) for one in found}
    assert 12 in lengths  # some are cut off, and some end early
    assert len(lengths) > (1 if early == "never" else 3)


@pytest.mark.parametrize("seed", range(4))
def test_one_beam_is_greedy_search_of_transformers(seed: int) -> None:
    model = bart(seed)
    for source, found in zip(
        SOURCES,
        translate(Wrapped(model), SOURCES, boundary_id=END, max_tokens=12),
        strict=True,
    ):
        with torch.inference_mode():
            row = model.generate(torch.tensor([source]), num_beams=1, max_new_tokens=12)[0, 1:]
        assert [*found.ids, *([END] if found.ended else [])] == row.tolist()


@every_kind
@pytest.mark.parametrize("penalty", [0.0, 1.0])
def test_beams_enough_find_the_best_of_all_texts(
    family: str, options: dict, penalty: float
) -> None:
    model = lively(family, options, 4)
    every = []
    for n in range(4):
        for ids in itertools.product((1, 2, 3), repeat=n):
            each = logprobs(model, [3, 4], list(ids))
            each = each if n < 3 else each[:3]  # cut off after three
            every.append((sum(each) / len(each) ** penalty, list(ids)))
    (found,) = translate(
        model,
        [[3, 4]],
        boundary_id=0,
        max_tokens=3,
        beam=40,
        length_penalty=penalty,
    )
    assert found.ids == max(every)[1]
    assert found.score == pytest.approx(max(every)[0], abs=1e-5)


@every_kind
@pytest.mark.parametrize("beam", [1, 4])
def test_what_is_said_of_a_translation_is_what_the_model_says(
    family: str, options: dict, beam: int
) -> None:
    """The log-probability of each token, where it looked for it, and the score."""
    model = lively(family, options)
    found = translate(model, SOURCES, boundary_id=0, max_tokens=9, beam=beam, aligned=True)
    for source, one in zip(SOURCES, found, strict=True):
        expected = logprobs(model, source, one.ids)[: len(one.logprobs)]
        assert one.logprobs == pytest.approx(expected, abs=1e-4)
        assert len(one.logprobs) == len(one.ids) + one.ended
        assert one.score == pytest.approx(sum(one.logprobs) / len(one.logprobs))
        session = TranslationSession(model, source, boundary_id=0)
        for id in one.ids:
            session.step(id)
        if options.get("attention") == "none":
            assert one.alignment is session.alignments is session.alignment is None
        else:
            assert one.alignment.shape == (len(one.logprobs), len(source))
            torch.testing.assert_close(
                one.alignment, session.alignments[: len(one.logprobs)], atol=1e-5, rtol=1e-4
            )
    without = translate(model, SOURCES, boundary_id=0, max_tokens=9, beam=beam)
    assert [one.ids for one in without] == [one.ids for one in found]
    assert all(one.alignment is None for one in without)


@every_kind
@pytest.mark.parametrize("beam", [1, 3])
def test_sentences_do_not_touch_each_other(family: str, options: dict, beam: int) -> None:
    model = lively(family, options)
    how = {"boundary_id": 0, "max_tokens": 8, "beam": beam}
    together = translate(model, SOURCES, **how)
    for at_once in (1, 2, 3):
        for one, other in zip(
            together, translate(model, SOURCES, at_once=at_once, **how), strict=True
        ):
            assert one.ids == other.ids
            assert one.score == pytest.approx(other.score, abs=1e-5)
    assert translate(model, [], **how) == []


@every_kind
def test_a_session_says_what_the_whole_says(family: str, options: dict) -> None:
    model = lively(family, options).train()
    source, target = [1, 2, 3, 4, 5], [3, 1, 6]
    session = TranslationSession(model, source, boundary_id=0)
    said = [session.logits, *(session.step(id) for id in target)]
    assert model.training
    assert session.ids == target
    with torch.inference_mode():
        expected = model.eval().answer(padded([source]), torch.tensor([[0, *target]]))[0]
    torch.testing.assert_close(torch.stack(said), expected, atol=1e-5, rtol=1e-4)
    if options.get("attention") == "none":
        assert session.alignment is None
    else:
        assert session.alignments.shape == (4, 5)
        assert torch.equal(session.alignments[-1], session.alignment)
    if family == "encoder-decoder":
        assert session.crosses.shape == (4, 2, 2, 5)  # written, layers, heads, tokens
        torch.testing.assert_close(session.crosses[:, -1].mean(1), session.alignments)
    else:
        assert session.crosses is None


def test_the_beams_of_each_step_make_a_tree() -> None:
    model = lively("rnn-translator", {"attention": "luong"})
    search = Search(model, [SOURCES[0]], boundary_id=0, max_tokens=6, beam=3)
    while not search.done:
        before, (beams,) = search.beams[0].open, search.beams
        search.step()
        branches = beams.steps[-1]
        assert len(branches) == 6
        totals = [branch.total for branch in branches]
        assert totals == sorted(totals, reverse=True)
        for branch in branches:
            parent = before[branch.parent]
            assert branch.total == pytest.approx(sum(parent.logprobs) + branch.logprob)
        grown = [branch for branch in branches if branch.fate == "open"]
        assert [b.ids[-1] for b in beams.open] == [branch.id for branch in grown]
        assert [b.rows[-1] for b in beams.open] == [branch.parent for branch in grown]
        if beams.open:
            assert {b.id for b in branches if b.fate == "ended"} <= {0}
    best = search.translations(0)[0]
    path, rows = [], beams.closed[0].rows
    for step, row in zip(beams.steps, rows, strict=True):
        path.append(next(b for b in step if b.parent == row and b.fate != "dropped"))
    assert len(path) == len(best.logprobs)
    assert beams.score == best.score
    search.step()  # nothing is left to do
    assert "closed" in repr(beams)


def test_a_translation_is_no_longer_than_the_context() -> None:
    model = lively("encoder-decoder", {"block_size": 8}, noise=0.01)
    (found,) = translate(model, [[1, 2]], boundary_id=0, max_tokens=500)
    assert len(found.logprobs) <= 8
    session = TranslationSession(model, [1, 2], boundary_id=0)
    for _ in range(7):
        session.step(1)
    with pytest.raises(ContextTooLong, match="9 tokens do not fit"):
        session.step(1)
    assert session.ids == [1] * 7
    with pytest.raises(ContextTooLong, match="9 tokens"):
        translate(model, [[1] * 9], boundary_id=0, max_tokens=5)


@every_kind
def test_a_source_of_no_token_is_translated_to_something(family: str, options: dict) -> None:
    for sources in ([[], [1, 2]], [[]]):
        found = translate(
            lively(family, options), sources, boundary_id=0, max_tokens=5, aligned=True
        )
        assert all(one.score > float("-inf") for one in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"beam": 0}, "1 to 64 beams"),
        ({"max_tokens": 0}, "1 to 2000 tokens"),
        ({"length_penalty": -1.0}, "length penalty must be from 0 to 10"),
        ({"early_stopping": "soon"}, "early_stopping must be one of"),
        ({"at_once": 0}, "At least one sentence"),
    ],
)
def test_what_cannot_be_asked_for_is_one_sentence(change: dict, says: str) -> None:
    model = lively("rnn-translator", {})
    with pytest.raises(BadSettings, match=says):
        translate(model, [[1]], **{"boundary_id": 0, "max_tokens": 5} | change)


def test_the_wrapped_model_has_a_vocabulary_as_large_as_it_says() -> None:
    source = padded([[4, 5], [6]])
    assert Wrapped(bart(0)).answer(source, some_ids(2, 3, V)).shape == (2, 3, V)

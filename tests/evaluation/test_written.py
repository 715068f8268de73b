"""ROUGE of what a model wrote: how passages are made, what is read, what is counted."""

from statistics import mean, stdev

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from rouge_score.rouge_scorer import RougeScorer

from lm_core.errors import BadSettings, BadText
from lm_core.evaluation.summaries import ROUGES, rouge
from lm_core.evaluation.written import (
    LEAD_3,
    UNRELATED,
    Passage,
    apart,
    baselines,
    means,
    passages,
    prompted,
    sentences,
    written,
)
from lm_core.generation import SamplerSettings, generate
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import lively_model

WORDS = [
    "the",
    "sea",
    "is",
    "calm",
    "and",
    "a",
    "ship",
    "of",
    "war",
    "lies",
    "in",
    "its",
    "bay",
    "now",
]


def paragraph(k: int, n: int = 7) -> str:
    """`n` sentences that no other paragraph has."""
    words = [f"{WORDS[(k + i) % len(WORDS)]} {WORDS[(k * i + 3) % len(WORDS)]}" for i in range(n)]
    return " ".join(f"It {two} {'abcdefgh'[k]}." for two in words)


TEXT = "\n\n".join(paragraph(k) for k in range(6)) + "\n\nToo short. To be one."


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Mr. Lincoln of the U.S. Army spoke. He sat.", None),
        ("It cost 3.5 dollars. “No.” He left.", ["It cost 3.5 dollars.", "“No.”", "He left."]),
        ("no end at all", ["no end at all"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text: str, parts: list[str] | None) -> None:
    whole = ["Mr. Lincoln of the U.S. Army spoke.", "He sat."]
    assert sentences(text) == (whole if parts is None else parts)


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_no_letter_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_a_passage_is_three_sentences_and_the_next_ones() -> None:
    found = passages([TEXT], 4, seed=1)
    assert len(set(found)) == 4
    assert found == passages([TEXT], 4, seed=1) != passages([TEXT], 4, seed=2)
    for one in found:
        assert f"{one.prompt} {one.reference}" in TEXT
        assert (len(sentences(one.prompt)), len(sentences(one.reference))) == (3, 3)
    assert len(passages([TEXT], 100)) == 6
    assert len(passages(["\n".join(paragraph(k) for k in range(3))], 9)) == 3  # a line each
    assert sentences(passages([paragraph(0, 5)], 1)[0].reference) == sentences(paragraph(0))[3:5]
    for nothing in ([], [""], ["One. Two."]):
        with pytest.raises(BadText, match="No paragraph here has 5 sentences"):
            passages(nothing, 3)


def test_what_it_wrote_is_scored_and_never_what_it_was_shown() -> None:
    some = passages([TEXT], 5)
    ours, examples = some[:3], some[3:]
    tokenizer = CharTokenizer.train([TEXT])
    model = lively_model("transformer", V=tokenizer.vocab_size)
    how = {"sampler": SamplerSettings(temperature=0.7), "seed": 3, "max_tokens": 30}
    pieces = [*written(model, tokenizer, ours, examples, shots=(0, 2), **how)]
    assert pieces == [*written(model, tokenizer, ours, examples, shots=(0, 2), **how)]
    assert [(p.place, p.shots) for p in pieces] == [(k, n) for k in range(3) for n in (0, 2)]
    context, scorer = model.context_size, RougeScorer(ROUGES)
    for piece in pieces:
        shown = prompted(ours[piece.place], examples[: piece.shots])
        assert (piece.given, piece.seen) == (len(shown), min(context, len(shown)))
        ids = tokenizer.encode(shown).tolist()[-context:]
        steps = generate(model, ids, max_tokens=30, sampler=how["sampler"], seed=3 + piece.place)
        own = tokenizer.decode([int(step.ids[0]) for step in steps])
        assert " ".join(own.split()).startswith(piece.text)
        theirs = scorer.score(ours[piece.place].reference, piece.text)
        assert all(piece.scores[n] == pytest.approx(tuple(theirs[n])) for n in ROUGES)
    assert len({p.text for p in pieces}) > 1
    assert prompted(ours[0], examples[:1]).startswith(
        f"{examples[0].prompt} {examples[0].reference}"
    )
    with pytest.raises(BadText, match="There are 2 examples for 3"):
        next(written(model, tokenizer, ours, examples))
    both = lively_model("encoder", V=tokenizer.vocab_size)
    with pytest.raises(BadSettings, match="reads a text from both sides"):
        next(written(both, tokenizer, ours, shots=(0,)))


def test_lead_3_is_always_there_and_means_are_over_the_same_passages() -> None:
    some = passages([TEXT], 3)
    pieces = [*baselines(some)]
    lead, unrelated = means(pieces)
    assert (lead.who, unrelated.who, lead.passages) == (LEAD_3, UNRELATED, 3)
    told = rouge([one.prompt for one in some], [one.reference for one in some])
    others = [some[(k + 1) % 3].reference for k in range(3)]
    for name in ROUGES:
        assert lead.scores[name] == pytest.approx(told[name])
        expected = rouge(others, [one.reference for one in some])[name]
        assert unrelated.scores[name] == pytest.approx(expected)
    assert means(pieces[:-1])[0].passages == 2  # the third has one answer of two
    assert means([]) == []
    more, error = apart(pieces, (LEAD_3, 0), (UNRELATED, 0))
    f1 = [piece.scores["rouge1"].f1 for piece in pieces]
    each = [a - b for a, b in zip(f1[::2], f1[1::2], strict=True)]
    assert more == pytest.approx(mean(each))
    assert error == pytest.approx(stdev(each) / 3**0.5)
    alone = [*baselines([Passage("A b. C d. E f.", "A b. Z.")])]
    (only,) = means(alone)
    assert (only.who, only.error, only.seen) == (LEAD_3, 0.0, 1.0)
    assert only.scores["rouge1"].recall == pytest.approx(2 / 3)

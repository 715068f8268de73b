"""Texts as numbers of their tokens."""

from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.indexed import indexed, joined

TEXTS = st.lists(st.text("ab ", max_size=12), max_size=5)


@given(train=TEXTS, held=TEXTS)
def test_the_tokens_come_back_in_their_texts(train: list[str], held: list[str]) -> None:
    parts = indexed({"train": train, "validation": held}, str.split)
    for name, texts in (("train", train), ("validation", held)):
        part = parts[name]
        cut = [
            [part.types[i] for i in part.ids[a:b]]
            for a, b in zip(part.starts, part.starts[1:], strict=False)
        ]
        assert cut == [text.split() for text in texts]
        assert part.counts.sum() == len(part.ids) == len(part.text_of)
    whole = joined(parts.values())
    assert [whole.types[i] for i in whole.ids] == " ".join([*train, *held]).split()


@given(texts=TEXTS, phrase=st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3))
def test_a_phrase_is_found_within_a_text_alone(texts: list[str], phrase: list[str]) -> None:
    part = indexed({"train": texts}, str.split)["train"]
    expected, before = [], 0
    for text in texts:
        tokens = text.split()
        hits = [
            k for k in range(len(tokens) - len(phrase) + 1) if tokens[k : k + len(phrase)] == phrase
        ]
        expected += [before + k for k in hits]
        before += len(tokens)
    assert part.places(phrase).tolist() == expected


def test_types_have_their_rank_in_the_alphabet() -> None:
    part = indexed({"train": ["c a b"]}, str.split)["train"]
    assert part.alphabetical.tolist() == [2, 0, 1]
    assert part.places([]).tolist() == []

"""A text ends before the first string that was asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.errors import BadSettings
from lm_core.generation import SamplerSettings, write_text
from lm_core.generation.stopping import first_stop, shortened, until
from lm_core.tokenizers.char import CharTokenizer
from tests.tiny import TEXT, encoded, lively_model

LETTERS = CharTokenizer(sorted("abc\n"))


def growing_rows(texts: list[str]):
    """Rows as the engine grows them: one more token each time, the same lists."""
    rows: list[list[int]] = [[] for _ in texts]
    for n in range(max(map(len, texts))):
        for row, text in zip(rows, texts, strict=True):
            if n < len(text):
                row.extend(LETTERS.encode(text[n]).tolist())
        yield rows


@given(
    texts=st.lists(st.text("abc", min_size=1, max_size=40), min_size=1, max_size=3),
    stop=st.lists(st.text("abc", min_size=1, max_size=3), max_size=2),
)
def test_rows_are_held_at_the_token_that_completes_a_stop_string(
    texts: list[str], stop: list[str]
) -> None:
    rows: list[list[int]] = []
    for rows in until(growing_rows(texts), LETTERS, stop):  # noqa: B007
        pass
    for row, text in zip(rows, texts, strict=True):
        ends = [text.find(s) + len(s) for s in stop if s in text]
        assert LETTERS.decode(row) == text[: min(ends, default=len(text))]


@pytest.mark.parametrize(
    ("text", "stop", "expected"),
    [
        ("abcabc", ["b"], "a"),
        ("abcabc", ["ca", "bc"], "a"),
        ("abc", ["x"], "abc"),
        ("abc", [], "abc"),
    ],
)
def test_the_stop_string_is_left_out(text: str, stop: list[str], expected: str) -> None:
    assert shortened(text, stop) == expected
    assert first_stop("abc", ["c", "b"]) == 1


def test_an_empty_stop_string_is_refused() -> None:
    with pytest.raises(BadSettings, match="at least one character"):
        next(until(growing_rows(["a"]), LETTERS, [""]))


def test_writing_ends_where_asked_and_the_prompt_does_not_count() -> None:
    tokenizer, _ = encoded([TEXT])
    model = lively_model("lstm", tokenizer.vocab_size)
    how = {"max_tokens": 200, "samples": 3, "sampler": SamplerSettings()}
    free = write_text(model, tokenizer, "The e", **how)
    cut = write_text(model, tokenizer, "The e", stop=["e"], **how)
    assert any(len(a) < len(b) for a, b in zip(cut, free, strict=True))
    for short, long in zip(cut, free, strict=True):
        assert short.startswith("The e")
        assert "e" not in short[5:]
        assert long.startswith(short)

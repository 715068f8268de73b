"""Cleaning one text: done again it changes nothing, and <unk> is no punctuation."""

from hypothesis import example, given
from hypothesis import strategies as st

from lm_core.cleaning import FORMS, KEPT, REMOVED, ZEROS, Cleaning

RULES = st.builds(
    Cleaning,
    unicode=st.sampled_from(FORMS),
    lower=st.booleans(),
    numbers=st.sampled_from([KEPT, ZEROS, REMOVED]),
    punctuation=st.booleans(),
    rarest=st.integers(1, 3),
    doubles=st.booleans(),
)


@given(RULES, st.text(max_size=30) | st.text(st.sampled_from("Jj\u030cİΣ<unk>ﬁ２-≠\n\r \u200d")))
@example(Cleaning(unicode="NFC", lower=True), "J\u030c")  # the small letter alone is one with it
def test_a_cleaned_text_cleaned_again_stays(how: Cleaning, text: str) -> None:
    once = how(text)
    assert how(once) == once


def test_what_stands_for_a_rare_word_stays() -> None:
    assert Cleaning(punctuation=False)("one <unk>, (two) <unk>!") == "one <unk> two <unk>"


def test_only_what_is_said_of_one_text_goes_with_a_tokenizer() -> None:
    assert Cleaning(rarest=3, doubles=True).of_one_text is None
    assert Cleaning(lower=True, rarest=3).of_one_text == Cleaning(lower=True)

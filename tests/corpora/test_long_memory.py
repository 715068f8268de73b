"""Made texts: answers by another way of finding them, delays as said, nothing asked that was
learned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lm_core.corpora.long_memory import DELAYS, MADE, OPENED, made_text, recalls
from lm_core.errors import BadSettings


def still_open(text: str) -> str:
    """What is open after a text of brackets."""
    while text != (text := text.replace("()", "").replace("[]", "").replace("{}", "")):
        pass
    return text


@given(st.integers(1, 30), st.integers(0, 99))
def test_answers_are_right_and_delays_are_as_said(half: int, seed: int) -> None:
    delay = 2 * half
    for one in recalls("copy", delay, 5, seed=seed):
        assert one.prompt.count(".") == delay
        assert one.prompt.strip(">").replace(".", "") == one.answer
    for one in recalls("adding", delay, 5, seed=seed):
        assert one.prompt.count(".") == delay
        assert eval("+".join(one.prompt.strip("=").replace(".", ""))) == int(one.answer)
    for one in recalls("brackets", delay, 5, seed=seed):
        assert len(one.prompt) == delay + 3
        left = still_open(one.prompt.strip("!"))
        assert one.answer == "".join(OPENED[c] for c in reversed(left))
        assert len(one.answer) == 2


@pytest.mark.parametrize("task", MADE)
def test_nothing_that_is_asked_was_learned_and_a_seed_decides(task: str) -> None:
    made = made_text(task, delays=DELAYS, train=200, asked=20, seed=3)
    learned = set(made.corpus.splits["train"])
    assert len(learned) == len(made.corpus.splits["train"])
    assert list(made.asked) == list(DELAYS)
    for asked in made.asked.values():
        assert 0 < len(asked) <= 20
        prompts = {one.prompt for one in asked}
        assert len(prompts) == len(asked)
        assert not any(text.startswith(tuple(prompts)) for text in learned)
        assert all(MADE[task].mark == one.prompt[-1] for one in asked)
    again = made_text(task, delays=DELAYS, train=200, asked=20, seed=3)
    assert again == made
    assert made_text(task, train=200, asked=20, seed=4).asked != made.asked


@pytest.mark.parametrize(
    ("task", "delay", "mend"),
    [("poem", 2, "copy, brackets"), ("copy", 3, "even"), ("copy", 0, "2")],
)
def test_what_is_not_there_is_refused(task: str, delay: int, mend: str) -> None:
    with pytest.raises(BadSettings, match=mend):
        recalls(task, delay, 1)

"""Three made texts that can only be told to the end by who remembers: strings by rule, from a seed.

    copy        a..d....>ad          say the two letters again after the dots
    brackets    [(){{}}([]!)]        close, in the right order, what is still open at the mark
    adding      3......4..=7         the sum of the two digits

Between what is to be remembered and where it is asked for stand `delay` characters that do not
help: dots, or brackets that are closed again. The adding problem and the idea of asking by delay
are Hochreiter and Schmidhuber 1997's, "Long Short-Term Memory"; brackets that nest are the language
of Dyck. An answer is right or wrong, and 100 % is possible.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from lm_core.corpora.corpus import Corpus, CorpusInfo
from lm_core.errors import BadSettings

LETTERS, DIGITS = "abcde", range(5)
OPENED = {"(": ")", "[": "]", "{": "}"}
MOST_DELAY = 4096
DELAYS = (2, 4, 8, 16, 32)
_TRIES = 20  # draws for each string that is wanted, where few are different


@dataclass(frozen=True)
class Recall:
    """One string: what is given, and what is to be said."""

    prompt: str
    answer: str

    @property
    def text(self) -> str:
        return self.prompt + self.answer


@dataclass(frozen=True)
class MadeTask:
    """How such a text is made, and how it is called.

    `make(rng, delay)` gives one string; `delay` is even and at least 2.
    """

    title: str
    idea: str
    mark: str  # after it comes the answer
    make: Callable[[random.Random, int], Recall]


def _copy(rng: random.Random, delay: int) -> Recall:
    one, other = rng.choices(LETTERS, k=2)
    return Recall(f"{_apart(rng, one, other, delay)}>", one + other)


def _apart(rng: random.Random, one: object, other: object, delay: int) -> str:
    """Dots after each of the two, `delay` in all."""
    first = rng.randrange(delay + 1)
    return f"{one}{'.' * first}{other}{'.' * (delay - first)}"


def _brackets(rng: random.Random, delay: int) -> Recall:
    """Two stay open; what comes after each is closed again, `delay` brackets in all."""
    outer, inner = rng.choices("".join(OPENED), k=2)
    first = rng.randrange(delay // 2 + 1)
    between, after = _closed(rng, first), _closed(rng, delay // 2 - first)
    return Recall(f"{outer}{between}{inner}{after}!", OPENED[inner] + OPENED[outer])


def _closed(rng: random.Random, pairs: int) -> str:
    """So many pairs of brackets, each closed: at each place one opens or closes by even chance."""
    text, stack = "", []
    left = pairs
    while left or stack:
        if left and (not stack or rng.random() < 0.5):
            stack.append(rng.choice("".join(OPENED)))
            text, left = text + stack[-1], left - 1
        else:
            text += OPENED[stack.pop()]
    return text


def _adding(rng: random.Random, delay: int) -> Recall:
    one, other = rng.choices(DIGITS, k=2)
    return Recall(f"{_apart(rng, one, other, delay)}=", str(one + other))


MADE: dict[str, MadeTask] = {
    "copy": MadeTask(
        "Copy after a delay",
        "Two letters with dots after each, then the same two letters again.",
        ">",
        _copy,
    ),
    "brackets": MadeTask(
        "Brackets",
        "Close what is still open, the last one first; all others between are closed already.",
        "!",
        _brackets,
    ),
    "adding": MadeTask(
        "Adding digits",
        "Two digits from 0 to 4 with dots after each, then their sum.",
        "=",
        _adding,
    ),
}


def recalls(task: str, delay: int, many: int, *, seed: int = 0) -> list[Recall]:
    """`many` strings of one delay, no prompt twice: fewer where there are not so many.

    Args:
        task: one of MADE.
        delay: an even number of characters, from 2 on.

    Raises:
        BadSettings: another task, or another delay.
    """
    if task not in MADE:
        raise BadSettings(f"There is no made text {task!r}; there are {', '.join(MADE)}.", "task")
    if not 2 <= delay <= MOST_DELAY or delay % 2:
        raise BadSettings(f"A delay is an even number from 2 to {MOST_DELAY:,}.", "delay")
    rng, found = random.Random(f"{task} {delay} {seed}"), {}
    for _ in range(many * _TRIES):
        if len(found) >= many:
            break
        one = MADE[task].make(rng, delay)
        found.setdefault(one.prompt, one)
    return list(found.values())


@dataclass(frozen=True)
class MadeText:
    """The text to learn from, all delays in it, and what is asked of who has learned: at each delay
    prompts that the text does not hold."""

    corpus: Corpus
    asked: dict[int, list[Recall]]


def made_text(
    task: str, *, delays: tuple[int, ...] = DELAYS, train: int, asked: int, seed: int = 0
) -> MadeText:
    """A text of short items, and what is asked.

    Args:
        task: one of MADE.
        delays: those that come, as many items of each as there are, and at most `train`.
        asked: prompts at each delay that are held back; at most a fifth of what there is.

    Raises:
        BadSettings: no such task, or delay.
    """
    held: dict[int, list[Recall]] = {}
    items: list[str] = []
    for delay in delays:
        each = recalls(task, delay, train + asked, seed=seed)
        back = min(asked, max(1, len(each) // 5))
        held[delay] = each[:back]
        items += [one.text for one in each[back:]]
    random.Random(seed).shuffle(items)
    info = CorpusInfo(
        name=f"long-memory-{task}",
        title=MADE[task].title,
        licence="None needed: made by rule.",
        source="Made on this machine by lm_core/corpora/long_memory.py.",
        kind="items",
        how="embedded",
        split_rule="Prompts that are asked are not in the text that is learned from.",
        may_be_passed_on=True,
    )
    validation = [one.text for each in held.values() for one in each]
    splits = {"train": items, "validation": validation, "test": []}
    return MadeText(Corpus(info, splits), held)

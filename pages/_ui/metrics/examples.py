"""Sentences to judge: an answer, one or two references, and what a reader would say."""

from typing import NamedTuple


class Example(NamedTuple):
    """`synonyms` as a visitor would type them."""

    answer: str
    reference: str
    other: str = ""  # a second reference
    synonyms: str = ""
    lower_case: bool = False
    smoothed: bool = True


OWN = "Your own"
EXAMPLES = {
    "The knight-errant": Example(
        "He thought it right and necessary to become a knight-errant, roaming the world in armor, "
        "seeking adventures and practicing the deeds he had read about in chivalric tales.",
        "He believed it was proper and essential to transform into a knight-errant, traveling the "
        "world in armor, pursuing adventures, and enacting the heroic deeds he had encountered in "
        "tales of chivalry.",
        synonyms="right = proper",
    ),
    "The the the": Example(
        "the the the the the the the",
        "The cat is on the mat.",
        "There is a cat on the mat.",
        lower_case=True,
        smoothed=False,
    ),
    "Words out of order": Example(
        "years six thirty have I", "I am thirty six years old", smoothed=False
    ),
    "Exoplanets, a summary": Example(
        "as we learn more about the frequency and size distribution of exoplanets, we are "
        "discovering that terrestrial planets are exceedingly common.",
        "The more we learn about the frequency and size distribution of exoplanets, the more "
        "confident we are that they are exceedingly common.",
    ),
    "Antarctica, one of two references": Example(
        "Latest research findings in Antarctica show that the ice sheet is melting faster than "
        "previously thought.",
        "Latest research findings in Antarctica show significant ice loss due to climate change.",
        "Latest research findings in Antarctica show that the ice sheet is melting faster than "
        "previously thought.",
    ),
    "Two lines change places": Example(
        "The bridge is closed.\nThe ferry still runs every hour.",
        "The ferry still runs every hour.\nThe bridge is closed.",
    ),
}


class Judged(NamedTuple):
    """An answer, its reference, and a reader's word for it, which is ours."""

    name: str
    answer: str
    reference: str
    reader: str


_ILL = "The doctor did not say that the child was ill."
SETS = {
    "One reference, many answers": [
        Judged("the same", _ILL, _ILL, "right"),
        Judged("a paraphrase", "The physician never called the kid sick.", _ILL, "right"),
        Judged("a negation", "The doctor did say that the child was ill.", _ILL, "the opposite"),
        Judged("who and whom", "The child did not say that the doctor was ill.", _ILL, "wrong"),
        Judged("shuffled", "ill was child the that say not did doctor The.", _ILL, "no sentence"),
        Judged("cut short", "The doctor did not say", _ILL, "half of it"),
        Judged("another subject", "The harvest was late and the mill stood still.", _ILL, "wrong"),
    ],
    "Three answers to the letter": [
        Judged(
            "a question mark", "The cat sat on the mat.", "The cat sat on the mat?", "nearly right"
        ),
        Judged("the same", "Theaters are great.", "Theaters are great.", "right"),
        Judged(
            "two words exchanged",
            "Like comparing oranges and apples.",
            "Like comparing apples and oranges.",
            "right",
        ),
    ],
}

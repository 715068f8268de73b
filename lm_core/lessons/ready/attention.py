"""Lesson 5: attention."""

from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

STEP, TIMES = "averaging-step", "averaging-times"
SCORES = "0.1 -0.2 0.3 -0.2 0.5"


def _share(times: float) -> Computed:
    return Computed("softmax_share", (("place", 5), ("scores", SCORES), ("times", times)))


EVENLY = Computed("softmax_share", (("place", 1), ("scores", "0 0 0 0"), ("times", 1.0)))


@lessons.register(
    "attention",
    title="Attention",
    idea="From the mean of the past to a head that chooses where to look.",
    order=5,
)
def attention() -> Lesson:
    """From averaging to attention, Attention."""
    return Lesson(
        "attention",
        "Attention",
        "You can say what a head takes the mean of, why its scores are divided by the root of the "
        "head size, and what the mask is for.",
        (asked_twice.before(), _mean(), _scale(), _heads(), asked_twice.after()),
        notes=("Best after Memory: there the past is one state, here all of it stays in sight.",),
    )


def _mean() -> Step:
    link = LessonLink(
        "from_averaging_to_attention",
        {STEP: ("1 Mean",)},
        locked=(STEP,),
        words="The simplest way to know the past: take its mean. Write words of your own, and "
        "see each row grow by one.",
        question=Question(
            "The fourth token takes the mean of itself and all before it. What share has each?",
            "number",
            computed=EVENLY,
            tolerance=0.02,
        ),
    )
    return Step(
        "The mean of the past",
        10,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Write three words or more", doing("typed", name="averaging-words", tokens=3)),
        ),
        (Figure("Share of each of four", 0.25, 0.25, "", EVENLY),),
        (
            "By a loop, by a lower-triangular matrix or by a softmax of zeros with the future at "
            "minus infinity: it is the same mean.",
            "Ask: what is lost in a mean? The order, and what matters.",
        ),
    )


def _scale() -> Step:
    link = LessonLink(
        "from_averaging_to_attention",
        {STEP: ("3 Scale",), TIMES: ("1.0",)},
        locked=(STEP,),
        words="Scores become shares by softmax. Multiply the scores, and watch the shares: "
        "what does the largest do?",
        question=Question(
            "Scores 0.1, -0.2, 0.3, -0.2, 0.5, all times 8: what share has the last?",
            "number",
            computed=_share(8.0),
            tolerance=0.15,
        ),
    )
    return Step(
        "Scale, and a sharp softmax",
        10,
        link,
        (
            Task("Multiply the scores by 6 or more", doing("within", name=TIMES, low=6.0)),
            Task("Say what you expect, and compare", doing("compared")),
        ),
        (
            Figure("Share of the last, times 1", 0.287, 0.288, "", _share(1.0)),
            Figure("Share of the last, times 8", 0.799, 0.801, "", _share(8.0)),
        ),
        (
            "Queries and keys of unit variance have products of variance D, the head size: 16 "
            "for 16. Divided by the root of D it is 1 again.",
            "Ask: why is a sharp softmax bad at the start? One token takes all, and nothing else "
            "gets a gradient.",
        ),
    )


def _heads() -> Step:
    link = LessonLink(
        "attention",
        words="A trained model, head by head: each row says where a token looks. Write a sentence, "
        "see the lines between its words, and find a head that looks at the token before.",
        question=Question(
            "Where can a head not look, in a model that writes?",
            options=(
                "At the token itself",
                "At the first token",
                "At tokens that come later",
                "At the token before",
            ),
            answer="At tokens that come later",
        ),
    )
    return Step(
        "Heads of a trained model",
        15,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task("Write a sentence of five words", doing("typed", name="attention-text", tokens=5)),
            Task("Look at the lines between words", doing("moved", name="attention-picture")),
        ),
        (
            Figure(
                "Parameters of this model",
                1_880_000,
                1_890_000,
                "",
                Computed("n_parameters", (("model", "speeches-transformer"),)),
            ),
        ),
        (
            "The mask puts minus infinity where the future is, before softmax: a zero there would "
            "still have a share.",
            "Ask: what is a head for? Nobody told it; find one whose rows you can put in words.",
            "What goes wrong: a bright column at the first token is no discovery. Heads that have "
            "nothing to do look there.",
        ),
    )

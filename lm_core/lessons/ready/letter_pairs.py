"""Lesson 1: letter pairs and chance."""

from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

WALK, LOOK = "counting-walk", "counting-look"
BEGINS, HEAT = "generate_names-begins", "generate_names-temperature"
FIRST_LETTER = Computed("next_token", (("model", "names-bigram"), ("prompt", "")))
BIGRAM = Computed("validation_loss", (("model", "names-bigram"),))
UNIFORM = Computed("initial_loss", (("vocab_size", 27),))
RACED = Computed("winner", (("families", "bigram,ngram"), ("race", "names-60steps")))


@lessons.register(
    "letter-pairs",
    title="Letter pairs and chance",
    idea="A table of pairs is a language model: count, draw, measure.",
    order=1,
)
def letter_pairs() -> Lesson:
    """Counting."""
    return Lesson(
        "letter-pairs",
        "Letter pairs and chance",
        "You can say how counting pairs of letters makes a model that writes names, what its loss "
        "measures, and why a longer run of letters guesses better.",
        (asked_twice.before(), _count(), _measure(), _longer(), _write(), asked_twice.after()),
        notes=(
            "Nothing is needed before it but fractions and percentages.",
            "Who is quick may look at the part Learned instead of Counting: a network that "
            "learns the same table.",
        ),
    )


def _count() -> Step:
    link = LessonLink(
        "counting",
        {"text": ("names",)},
        locked=("text", "counting-part"),
        words="Here every pair of letters in 27,910 first names is counted. A row says what came "
        "after one letter. Draw a name, letter by letter.",
        question=Question(
            "Which letter do most names begin with?",
            options=("a", "j", "k", "m"),
            computed=FIRST_LETTER,
        ),
    )
    return Step(
        "Count pairs, draw a name",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task(
                "Draw or choose three letters", doing("typed", name=WALK, tokens=3, unit="letters")
            ),
        ),
        (
            Figure(
                "Names that begin with a",
                3900,
                3930,
                "names",
                Computed("pair_count", (("first", ""), ("second", "a"))),
            ),
            Figure(
                "u after q",
                160,
                166,
                "times",
                Computed("pair_count", (("first", "q"), ("second", "u"))),
            ),
            Figure(
                "Counts in the table",
                729,
                729,
                "numbers",
                Computed("n_parameters", (("model", "names-bigram"),)),
            ),
        ),
        (
            "Ask: what does the row of ⏎ say, and what its column? The row: what names begin "
            "with; the column: what they end with.",
            "Ask: how many rows has the table if one looks back two letters, or three? 27 × 27 = "
            "729, and 19,683.",
            "What goes wrong: pupils take the largest count each time and get the same name "
            "again and again. Drawing means that rare letters come up, rarely.",
        ),
    )


def _measure() -> Step:
    link = LessonLink(
        "train",
        {"text": ("names",), "train-model": ("Bigram",), "train-budget": ("10 s",)},
        locked=("text", "train-model", "train-budget"),
        words="Press Start: the lab counts the pairs and measures how surprised the table is by "
        "1,000 names that it has not counted. The unit is nats; lower is better.",
        question=Question(
            "A model that knows nothing holds all 27 letters equally likely. What is its loss?",
            "number",
            computed=UNIFORM,
            unit="nats",
            tolerance=0.1,
        ),
    )
    return Step(
        "How surprised is it?",
        10,
        link,
        (
            Task("Let it count: press Start", doing("trained", text="names", model="bigram")),
            Task("Say what you expect, and compare", doing("compared")),
        ),
        (
            Figure(
                "Loss of the table of pairs, as your run shows it",
                2.43,
                2.47,
                "nats",
                of_run="validation",
            ),
            Figure("Loss of the table that ships", 2.43, 2.47, "nats", BIGRAM),
            Figure("Loss of knowing nothing, ln 27", 3.295, 3.297, "nats", UNIFORM),
        ),
        (
            "Ask: what is the loss of a model that is always sure and always right? 0.",
            "Ask: is 2.45 much better than 3.30? e to the power of 2.45 is 11.6: instead of one "
            "in 27 the table guesses as if among 12.",
            "What goes wrong: the run is over in a second, because counting needs no steps. That "
            "is so.",
        ),
    )


def _longer() -> Step:
    link = LessonLink(
        "counting",
        {"text": ("names",), "counting-part": ("Longer runs",)},
        locked=("text", "counting-part"),
        words="A pair looks back one letter. Here you choose how far. Move the order, and "
        "watch the loss on new names. Then look at one guess, order by order.",
        question=Question(
            "Which is surprised less by new names?",
            options=("Bigram", "N-gram"),
            computed=RACED,
        ),
    )
    return Step(
        "Look back further",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task("Look at one guess, order by order", doing("moved", name=LOOK)),
        ),
        (
            Figure(
                "Loss of runs of up to six letters",
                1.98,
                2.02,
                "nats",
                Computed("race_loss", (("family", "ngram"), ("race", "names-60steps"))),
            ),
            Figure("Loss of pairs", 2.43, 2.47, "nats", BIGRAM),
        ),
        (
            "Ask: why does it not get better for ever? Long runs are seldom met twice; smoothing "
            "falls back on shorter ones.",
            "Ask: what happens with no smoothing? A pair that never came, as j before q, is held "
            "impossible, and the loss has no end.",
        ),
    )


def _write() -> Step:
    link = LessonLink(
        "generate_names",
        {},
        words="Four models write names. Give them the first letters of your own name, then raise "
        "the temperature, and see when names stop being names.",
    )
    return Step(
        "Let it write",
        5,
        link,
        (
            Task(
                "Give a beginning of two letters",
                doing("typed", name=BEGINS, tokens=2, unit="letters"),
            ),
            Task("Raise the temperature to 1.4 or more", doing("within", name=HEAT, low=1.4)),
        ),
        (
            Figure(
                "Perplexity of the Transformer on “anna”",
                5.5,
                7.0,
                "",
                Computed("perplexity", (("model", "names-transformer"), ("text", "anna"))),
            ),
            Figure(
                "Perplexity of the Transformer on “qxzv”",
                700,
                1100,
                "",
                Computed("perplexity", (("model", "names-transformer"), ("text", "qxzv"))),
            ),
        ),
        ("Ask: which of these names are real? The screen marks those that it has read.",),
    )

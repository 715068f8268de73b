"""Lesson 3: watch one learn: loss, perplexity, overfitting."""

from lm_core.json_files import dumps
from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

TWO_LIKELY = Computed("die_perplexity", (("weights", "49 49 1 1"),))
UNIFORM = Computed("initial_loss", (("vocab_size", 27),))
LITTLE = Computed("cure", (("case", "too-little-data"),))
SPEC = {  # a run whose steps are counted: it shows the same on every machine
    "version": 2,
    "data": {"name": "names"},
    "codec": {"name": "char"},
    "model": {"name": "mlp", "dropout": 0.1, "block_size": 24},
    "train": {"lr": 0.005, "batch_size": 64},
    "budget": {"steps": 300},
}


@lessons.register(
    "watch-one-learn",
    title="Watch one learn",
    idea="Loss and perplexity while a network learns, and what learning by heart looks like.",
    order=3,
)
def watch_one_learn() -> Lesson:
    """Metrics, Train, Doctor."""
    return Lesson(
        "watch-one-learn",
        "Watch one learn",
        "You can read a loss curve, say what a perplexity of 8 means, and tell a model that learns "
        "from one that learns by heart.",
        (asked_twice.before(), _dice(), _train(), _overfit(), asked_twice.after()),
        notes=(
            "Best after the lesson on letter pairs.",
            "With more than ten pupils on one machine runs take turns: let two share a screen.",
        ),
    )


def _dice() -> Step:
    link = LessonLink(
        "metrics",
        {"metrics-part": ("Perplexity",)},
        locked=("metrics-part",),
        words="Perplexity asks: how many sides has a fair die that is as hard to guess? Move the "
        "sides of this die, and watch the number.",
        question=Question(
            "A die with four sides that come with 49, 49, 1 and 1 %: what is its perplexity?",
            "number",
            computed=TWO_LIKELY,
            tolerance=0.15,
        ),
    )
    return Step(
        "A die with four sides",
        10,
        link,
        (
            Task("Change the first side", doing("moved", name="metrics-side-1")),
            Task("Say what you expect, and compare", doing("compared")),
        ),
        (
            Figure("Perplexity of 49, 49, 1, 1 %", 2.205, 2.207, "", TWO_LIKELY),
            Figure(
                "Perplexity of 70, 10, 10, 10 %",
                2.560,
                2.562,
                "",
                Computed("die_perplexity", (("weights", "0.7 0.1 0.1 0.1"),)),
            ),
            Figure(
                "Perplexity of 97, 1, 1, 1 %",
                1.182,
                1.184,
                "",
                Computed("die_perplexity", (("weights", "97 1 1 1"),)),
            ),
            Figure(
                "Perplexity of four fair sides",
                4,
                4,
                "",
                Computed("die_perplexity", (("weights", "1 1 1 1"),)),
            ),
        ),
        (
            "Ask: two of four sides are equally likely, the others hardly come: what must it be "
            "near? A little above 2.",
            "Ask: a model has a perplexity of 6 on test text: what does that mean? It guesses as "
            "if among six tokens, whatever its vocabulary.",
        ),
    )


def _train() -> Step:
    link = LessonLink(
        "train",
        {"text": ("names",), "spec": (dumps(SPEC, separators=(",", ":")),)},
        locked=("text", "train-model"),
        words="Press Start and watch: the network begins knowing nothing. Two curves fall, one on "
        "names it learns from, one on names it never saw.",
        question=Question(
            "What is its loss before the first step, with 27 letters?",
            "number",
            computed=UNIFORM,
            unit="nats",
            tolerance=0.1,
        ),
    )
    return Step(
        "Train a network",
        15,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Train it to step 300", doing("trained", text="names", model="mlp", steps=300)),
        ),
        (
            Figure("Loss before it learned anything, ln 27", 3.295, 3.297, "nats", UNIFORM),
            Figure("Validation loss after 300 steps", 2.05, 2.25, "nats", of_run="validation"),
            Figure("Validation less training loss", -0.15, 0.15, "nats", of_run="gap"),
        ),
        (
            "Ask: why does it fall quickly at first? What is common is learned first: which "
            "letters there are, then which pairs.",
            "Ask: where are you with a loss of 2.45? Where counting pairs is.",
            "What goes wrong: somebody has changed the steps under More settings; the task then "
            "asks for 300 all the same.",
        ),
    )


def _overfit() -> Step:
    link = LessonLink(
        "doctor",
        {"doctor-view": ("Failure gallery",)},
        locked=("doctor-view",),
        words="Open Too little data and press Break it: a network reads 279 names over and over. "
        "Watch the two curves come apart, then come back here.",
        question=Question(
            "A network learns 279 names by heart. What mends it?",
            options=(
                "two layers",
                "all 27,910 names",
                "a head that starts at zero",
                "optimizer.zero_grad() after each step",
            ),
            computed=LITTLE,
        ),
    )
    return Step(
        "Learned by heart",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task("Break one, and watch it", doing("trained", text="names", model="mlp", steps=100)),
        ),
        (
            Figure(
                "Validation less training loss of the broken run", 0.4, 3.0, "nats", of_run="gap"
            ),
        ),
        (
            "High loss on both: it has not learned enough. Low on what it learns from and high on "
            "what is new: it has learned by heart.",
            "Ask: what else helps than more text? Dropout, weight decay, a smaller model, to stop "
            "earlier.",
            "What goes wrong: the run opens on Train. Back to the lesson stands below the list of "
            "screens.",
        ),
    )

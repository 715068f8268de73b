"""Lesson 4: memory: RNN and LSTM, and how far they look."""

from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

VIEW = "memory-view"
RACED = Computed("winner", (("families", "ngram,rnn,transformer"), ("race", "names-10s")))


def _raced(family: str) -> Computed:
    return Computed("race_loss", (("family", family), ("race", "names-10s")))


@lessons.register(
    "memory",
    title="Memory",
    idea="A network that carries a state from letter to letter, and what its gates do.",
    order=4,
)
def memory() -> Lesson:
    """Memory, Compare."""
    return Lesson(
        "memory",
        "Memory",
        "You can say what a recurrent network carries from token to token, what the gates of an "
        "LSTM do, and why a plain RNN forgets.",
        (asked_twice.before(), _gates(), _far(), _race(), asked_twice.after()),
        notes=("Best after Watch one learn: loss is taken for granted.",),
    )


def _gates() -> Step:
    link = LessonLink(
        "memory",
        {VIEW: ("Gates",)},
        locked=(VIEW,),
        words="An LSTM reads a name letter by letter. Each gate is a number between 0 and 1: it "
        "forgets, it writes, it shows. Type a name, and look at another gate.",
        question=Question(
            "Which is true?",
            options=(
                "Plain RNN cells keep track of long input sequences.",
                "LSTM cells keep two states, one for the short and one for the long term.",
                "LSTM cells always give better results than GRU cells.",
            ),
            answer="LSTM cells keep two states, one for the short and one for the long term.",
        ),
    )
    return Step(
        "Gates",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task(
                "Type a name of five letters",
                doing("typed", name="memory-name", tokens=5, unit="letters"),
            ),
            Task("Look at another gate", doing("moved", name="memory-gate")),
        ),
        (
            Figure(
                "Loss of the LSTM that ships, on new names",
                1.91,
                1.95,
                "nats",
                Computed("validation_loss", (("model", "names-lstm"),)),
            ),
        ),
        (
            "The forget gate says what leaves the long-term state, the input gate what is written "
            "to it, the output gate what is shown.",
            "Ask: what does a GRU do without? The second state and the output gate.",
        ),
    )


def _far() -> Step:
    link = LessonLink(
        "memory",
        {VIEW: ("How far back",)},
        words="How much does a guess depend on what stood one, two, ten letters before? "
        "Compare the families, then look at Long memory.",
        question=Question(
            "What is the trouble with plain RNNs?",
            options=(
                "They have too many weights",
                "Their memory is short: gradients shrink from step to step",
                "They cannot read letters",
            ),
            answer="Their memory is short: gradients shrink from step to step",
        ),
    )
    return Step(
        "How far back",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task("Look at Long memory", doing("chosen", name=VIEW, value="Long memory")),
        ),
        notes=(
            "Ask: what is multiplied at each step back? The same matrix and a slope below one: "
            "after ten steps hardly anything is left.",
            "The cell of an LSTM is added to, not multiplied: that is the way for the gradient.",
        ),
    )


def _race() -> Step:
    link = LessonLink(
        "compare",
        {
            "text": ("names",),
            "compare-budget": ("10 s",),
            "compare-families": ("Bigram", "RNN", "LSTM"),
            "compare-seeds": ("1",),
        },
        locked=("text", "compare-budget"),
        words="Pairs, an RNN and an LSTM learn the same names for ten seconds each. Say what you "
        "expect of the race that is shown, start your own, and compare.",
        question=Question(
            "Ten seconds on names: which is surprised least by new ones?",
            options=("N-gram", "RNN", "Transformer"),
            computed=RACED,
        ),
    )
    return Step(
        "Race them",
        15,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Let two families or more race", doing("raced", families=2)),
        ),
        (
            Figure("Pairs", 2.43, 2.47, "nats", _raced("bigram")),
            Figure("N-gram", 1.98, 2.02, "nats", _raced("ngram")),
            Figure("RNN after ten seconds", 1.97, 2.06, "nats", _raced("rnn")),
            Figure("LSTM after ten seconds", 1.97, 2.06, "nats", _raced("lstm")),
            Figure("Transformer after ten seconds", 2.07, 2.18, "nats", _raced("transformer")),
        ),
        (
            "What surprises: in ten seconds counting beats all networks here. With more time the "
            "networks pass it: the LSTM that ships has 1.93.",
            "Ask: is 2.01 better than 2.02? Not with three seeds that differ by as much.",
            "What goes wrong: in a class the races take turns. One race a row of desks is enough.",
        ),
    )

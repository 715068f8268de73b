"""Lesson 6: a GPT writes."""

from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

HEAT, LOOK, PROMPT = (f"generate_text-{name}" for name in ("temperature", "look", "prompt"))
STATE = "My fellow Americans, the state of the"
MODEL = "speeches-transformer"
NEXT = Computed("next_token", (("model", MODEL), ("prompt", "The United")))
RACED = Computed("winner", (("families", "ngram,lstm,transformer"), ("race", "speeches-10s")))


def _at(temperature: float) -> Computed:
    given = (("model", MODEL), ("prompt", STATE), ("temperature", temperature))
    return Computed("top_probability", given)


def _perplexity(text: str) -> Computed:
    return Computed("perplexity", (("model", MODEL), ("text", text)))


def _raced(family: str) -> Computed:
    return Computed("race_loss", (("family", family), ("race", "speeches-10s")))


@lessons.register(
    "gpt",
    title="A GPT writes",
    idea="Next token, temperature, copying, and why what it writes comes from what it read.",
    order=6,
)
def gpt() -> Lesson:
    """Generate text, Read with the model's eyes, Compare."""
    return Lesson(
        "gpt",
        "A GPT writes",
        "You can say how a model writes token by token, what temperature does, how to find out "
        "whether it copies, and why strange output comes from the training text.",
        (asked_twice.before(), _heat(), _copy(), _read(), _race(), asked_twice.after()),
        notes=("The end of the way: best after Attention, and good alone for an open day.",),
    )


def _heat() -> Step:
    link = LessonLink(
        "generate_text",
        {PROMPT: (STATE,)},
        locked=(PROMPT,),
        words="The bars say how likely each next token is. Temperature makes the likely "
        "likelier, or gives the others a chance: write with very little, then with much.",
        question=Question(
            "Which token does it hold likeliest after “The United”?",
            options=("·Congress", "·Nations", "·States", "·people"),
            computed=NEXT,
        ),
    )
    return Step(
        "Cautious or adventurous",
        10,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Temperature at 0.3 or less", doing("within", name=HEAT, high=0.3)),
            Task("Temperature at 1.4 or more", doing("within", name=HEAT, low=1.4)),
        ),
        (
            Figure("Share of the likeliest token at 0.3", 0.99, 1.0, "", _at(0.3)),
            Figure("Share of the likeliest token at 0.8", 0.80, 0.90, "", _at(0.8)),
            Figure("Share of the likeliest token at 1.5", 0.10, 0.20, "", _at(1.5)),
        ),
        (
            "Ask: what does a temperature of 0 write? The likeliest token each time, and soon the "
            "same sentence again.",
            "Ask: is it wrong at 1.5? It has the same knowledge; only the drawing changed.",
        ),
    )


def _copy() -> Step:
    link = LessonLink(
        "generate_text",
        {PROMPT: (STATE,)},
        words="Does it write, or does it copy? Look further at What is new: it finds the "
        "longest runs that stand in the training text word by word.",
    )
    return Step(
        "New, or copied?",
        5,
        link,
        (Task("Look at what is new", doing("moved", name=LOOK)),),
        notes=(
            "Ask: what would you see if it copied everything? One long run. Here most runs are a "
            "few words long.",
            "A lower temperature copies more: let them try.",
        ),
    )


def _read() -> Step:
    union = "My fellow Americans, the state of our union is strong."
    friend = "My best friend is a penguin who likes pizza."
    link = LessonLink(
        "reading",
        words="Let it read instead of write. Type what it will not expect, and look for the tokens "
        "that surprised it.",
        question=Question(
            "Perplexity of “My best friend is a penguin who likes pizza.”?",
            "number",
            computed=_perplexity(friend),
            tolerance=0.5,
        ),
    )
    return Step(
        "What surprises it",
        10,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Type a text of eight words", doing("typed", name="reading-text", tokens=8)),
        ),
        (
            Figure(f"Perplexity of “{union}”", 25, 40, "", _perplexity(union)),
            Figure(f"Perplexity of “{friend}”", 400, 650, "", _perplexity(friend)),
        ),
        (
            "Ask: does the model know what a penguin is? It never read the word; it is cut into "
            "pieces that it has met elsewhere.",
            "What it has not read it cannot expect: that is the whole answer to strange output.",
        ),
    )


def _race() -> Step:
    link = LessonLink(
        "compare",
        {"text": ("speeches",)},
        words="Nine families learned the same speeches for ten seconds each. Read the table, then "
        "choose the names as the text: is the order the same?",
        question=Question(
            "Ten seconds on speeches: which of the three is surprised least?",
            options=("N-gram", "LSTM", "Transformer"),
            computed=RACED,
        ),
    )
    return Step(
        "What does a GPT buy?",
        10,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Choose the names", doing("chosen", name="text", value="names")),
        ),
        (
            Figure("N-gram after ten seconds", 4.35, 4.45, "nats", _raced("ngram")),
            Figure("Transformer after ten seconds", 6.2, 6.6, "nats", _raced("transformer")),
            Figure("LSTM after ten seconds", 6.3, 6.8, "nats", _raced("lstm")),
        ),
        (
            "What surprises: counting wins when there is little time. Networks need steps, and "
            "pass it with minutes, not with seconds.",
            "Ask: what would you change to let the Transformer win? More time, more text.",
        ),
    )

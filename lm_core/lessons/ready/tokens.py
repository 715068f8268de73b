"""Lesson 2: tokens, and what a model sees."""

from lm_core.lessons import asked_twice
from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Figure, Lesson, Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Computed, Question
from lm_core.lessons.ready import lessons

OWN, LOOK = "tokenizers-own", "tokenizers-look"
HII = Computed("n_tokens", (("cut", "gpt2"), ("text", "hii there")))


@lessons.register(
    "tokens",
    title="Tokens, and what a model sees",
    idea="A text is cut into numbered pieces before a model reads any of it.",
    order=2,
)
def tokens() -> Lesson:
    """Tokenizers, the Dataset explorer, Read with the model's eyes."""
    return Lesson(
        "tokens",
        "Tokens, and what a model sees",
        "You can say what a token is, how byte pairs are merged into one, and which pairs of "
        "context and next token a model learns from.",
        (asked_twice.before(), _cut(), _merge(), _samples(), _read(), asked_twice.after()),
        notes=("Nothing is needed before it.",),
    )


def _cut() -> Step:
    link = LessonLink(
        "tokenizers",
        {"text": ("speeches",)},
        locked=("text",),
        words="One sentence under several tokenizers. Type a sentence of your own: with a "
        "long word, a name, an emoji.",
        question=Question(
            "How many tokens does GPT-2 make of “hii there”?",
            "number",
            computed=HII,
            unit="tokens",
            tolerance=0.0,
        ),
    )
    return Step(
        "Cut a text",
        10,
        link,
        (
            Task("Say what you expect, and compare", doing("compared")),
            Task("Type a sentence of five words", doing("typed", name=OWN, tokens=5)),
        ),
        (
            Figure("Tokens of “hii there” for GPT-2", 3, 3, "tokens", HII),
            Figure(
                "Tokens of “anastasia” for GPT-2",
                3,
                3,
                "tokens",
                Computed("n_tokens", (("cut", "gpt2"), ("text", "anastasia"))),
            ),
            Figure(
                "Tokens of “anastasia” letter by letter",
                9,
                9,
                "tokens",
                Computed("n_tokens", (("cut", "names-lstm"), ("text", "anastasia"))),
            ),
        ),
        (
            "Ask: can a token be a piece of a word, or several words? Yes; a byte-pair token is "
            "often a piece of a word, with the blank before it.",
            "The ids of “hii there” are 71, 4178 and 612.",
            "What goes wrong: pupils count letters. Let them count the coloured boxes.",
        ),
    )


def _merge() -> Step:
    link = LessonLink(
        "tokenizers",
        {"text": ("speeches",)},
        locked=("text",),
        words="Where do these pieces come from? Look at Merges: the pair that comes most "
        "often becomes one token, again and again.",
        question=Question(
            "How many different tokens does GPT-2 know?",
            options=("27", "256", "50,257", "1,000,000"),
            answer="50,257",
        ),
    )
    return Step(
        "Where tokens come from",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task("Look at the merges", doing("chosen", name=LOOK, value="Merges")),
        ),
        notes=(
            "Ask: what is merged first, and why? In speeches a blank and t, then h and e: "
            "what is met most often.",
            "Ask: how many rows has the table of embeddings? As many as there are tokens.",
        ),
    )


def _samples() -> Step:
    link = LessonLink(
        "dataset_explorer",
        {"text": ("names",)},
        locked=("text",),
        words="Look at What the model sees: a name becomes pairs of what stands before and "
        "what comes next.",
        question=Question(
            "A block of 9 tokens: how many next tokens can a model learn from it?",
            "number",
            answer=8.0,
            tolerance=0.0,
        ),
    )
    return Step(
        "What it learns from",
        10,
        link,
        (
            Task("Answer the question", doing("answered")),
            Task(
                "Look at what the model sees",
                doing("chosen", name="explorer-look", value="What the model sees"),
            ),
        ),
        notes=(
            "A block of 9 tokens gives 8 samples: each token but the first is guessed from all "
            "before it.",
            "Ask: what are the pairs of “emma”? (⏎, e), (e, m), (m, m), (m, a), (a, ⏎).",
            "Ask: why must validation names not be among those that train? One would measure "
            "memory, not guessing.",
        ),
    )


def _read() -> Step:
    link = LessonLink(
        "reading",
        words="Each token is coloured by how likely the model found it. Type something that "
        "it will find easy, then something that it will find hard.",
    )
    friend = "My best friend is a penguin who likes pizza."
    union = "My fellow Americans, the state of our union is strong."
    return Step(
        "Read with its eyes",
        5,
        link,
        (Task("Type a text of eight words", doing("typed", name="reading-text", tokens=8)),),
        (
            Figure(
                f"Perplexity of “{union}”",
                25,
                40,
                "",
                Computed("perplexity", (("model", "speeches-transformer"), ("text", union))),
            ),
            Figure(
                f"Perplexity of “{friend}”",
                400,
                650,
                "",
                Computed("perplexity", (("model", "speeches-transformer"), ("text", friend))),
            ),
        ),
        ("Ask: which token was dearest, and why? One that never or seldom came in speeches.",),
    )

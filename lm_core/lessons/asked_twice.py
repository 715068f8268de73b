"""The one question that every lesson asks before and after: why did it write something strange?

A study of a rival asked 162 students so, before and after one short activity. With the same
question in both places the class board shows who changed.
"""

from lm_core.lessons.doing import doing
from lm_core.lessons.lesson import Step, Task
from lm_core.lessons.link import LessonLink
from lm_core.lessons.question import Question

PROMPT, SEED = "generate_text-prompt", "generate_text-seed"
FROM_THE_TEXT = "The text that it learned from is like that"
OPTIONS = (
    "It made a mistake in its calculation",
    FROM_THE_TEXT,
    "It wanted to be funny",
    "It looked it up in the wrong place",
)
ANOTHER = "Write with another seed, and read that too"


def strange(when: str) -> Question:
    """The question, at one of the two moments."""
    return Question(
        "Why did it write something strange?",
        options=OPTIONS,
        answer=FROM_THE_TEXT,
        why="How do you know?",
        when=when,
        folded=False,
    )


def before() -> Step:
    """The first step of a lesson."""
    link = LessonLink(
        "generate_text",
        {PROMPT: ("My best friend is a",)},
        locked=(PROMPT,),
        words="A language model goes on with your sentence. Read what it writes below.\n"
        "Then answer, before anybody has explained anything.",
        question=strange("before"),
    )
    notes = (
        "Ask nobody to explain yet. The same question comes again at the end, and the board shows "
        "who changed.",
        "The model has read nothing but addresses to the Congress of the United States, so "
        "friends, pets and food turn into states, laws and soldiers.",
    )
    return Step("Something strange", 5, link, _tasks(), notes=notes)


def after(*notes: str) -> Step:
    """The last step of a lesson."""
    link = LessonLink(
        "generate_text",
        {PROMPT: ("For breakfast I like to eat",)},
        locked=(PROMPT,),
        words="The same model, another sentence. Read what it makes of it, and answer once more.",
        question=strange("after"),
    )
    given = (
        f"The answer: {FROM_THE_TEXT.lower()}. A model has nothing but the text it learned from: "
        "it writes what was likely there, whatever you ask.",
        "On the teacher's page the board shows how many went from wrong to right. Let two who "
        "changed say why.",
        *notes,
    )
    return Step("Once more: why?", 5, link, _tasks(), notes=given)


def _tasks() -> tuple[Task, ...]:
    return (
        Task(ANOTHER, doing("moved", name=SEED)),
        Task("Answer the question", doing("answered")),
    )

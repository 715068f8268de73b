"""A ready lesson for the teacher, on paper: aim, minutes, what to ask, what goes wrong, answers.

One file of HTML that needs nothing else, for a browser to print.
"""

from collections.abc import Mapping
from html import escape

from lm_core.lessons.lesson import Lesson, Step
from lm_core.lessons.worksheet import STYLE
from lm_core.visible import readable


def notes(lesson: Lesson, answers: Mapping[int, str], links: Mapping[int, str]) -> str:
    """The page, as HTML.

    Args:
        answers: of the questions, by the number of their step, in words.
        links: the address of each step.
    """
    parts = [
        f"<h1>{_safe(lesson.title)}</h1>",
        f"<p>For the teacher. {lesson.minutes} minutes, {len(lesson.steps)} steps.</p>",
        f"<p><b>Aim.</b> {_safe(lesson.aim)}</p>",
        *(f"<p>{_safe(line)}</p>" for line in lesson.notes),
    ]
    for number, step in enumerate(lesson.steps, 1):
        parts += _step(number, step, answers.get(number, ""), links.get(number, ""))
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_safe(lesson.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def _step(number: int, step: Step, answer: str, link: str) -> list[str]:
    parts = [f"<h2>{number}. {_safe(step.title)}, {step.minutes} minutes</h2>"]
    parts += [f"<p>{_safe(line)}</p>" for line in step.link.words.splitlines() if line.strip()]
    done = "".join(f"<li>{_safe(task.words)}</li>" for task in step.tasks)
    parts.append(f"<p>Ticked off when done:</p><ul>{done}</ul>")
    if step.link.question is not None:
        parts.append(f"<p><b>Question.</b> {_safe(step.link.question.text)}</p>")
        if step.link.question.options:
            options = "".join(f"<li>{_safe(one)}</li>" for one in step.link.question.options)
            parts.append(f"<ul>{options}</ul>")
    if answer:
        parts.append(f"<p><b>Answer.</b> {_safe(answer)}</p>")
    if step.figures:
        rows = "".join(f"<li>{_safe(figure.said)}</li>" for figure in step.figures)
        parts.append(f"<p><b>What they will see.</b></p><ul>{rows}</ul>")
    parts += [f"<p>{_safe(line)}</p>" for line in step.notes]
    if link:
        parts.append(f'<p class="address">{_safe(link)}</p>')
    return parts


def _safe(text: str) -> str:
    return escape(readable(text), quote=True)

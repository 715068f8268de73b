"""Lessons that are ready to give: one file each, as data (`lm_core/lessons/lesson.py`).

lessons["letter-pairs"].build()    ->  Lesson
"""

from functools import cache

from lm_core.lessons.lesson import Lesson
from lm_core.registry import Registry

lessons = Registry("lesson", package="lm_core.lessons.ready")


@cache
def lesson(name: str) -> Lesson:
    """The ready lesson of this name.

    Raises:
        UnknownName: there is none.
    """
    return lessons[name].build()

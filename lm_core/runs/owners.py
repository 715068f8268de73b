"""Ids of visitors: unguessable, and nothing else.

A browser keeps its own in a cookie, which no address shows and no script reads. They once stood in
the address, which people copy to others; those were shorter.
"""

import re
import secrets

COOKIE = "language_model_lab_visitor"
_FORM = re.compile(r"[A-Za-z0-9_-]{22,40}")
_OLD_FORM = re.compile(r"[A-Za-z0-9_-]{16}")


def new_owner() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(18)


def is_owner(text: object) -> bool:
    """Whether `text` has the form of an id (anybody can send any cookie)."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def is_old_owner(text: object) -> bool:
    """Whether `text` has the form of an id of an address, which is nobody's until it is claimed."""
    return isinstance(text, str) and _OLD_FORM.fullmatch(text) is not None

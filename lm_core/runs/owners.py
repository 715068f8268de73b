"""Ids of visitors: unguessable, and nothing else."""

import re
import secrets

_FORM = re.compile(r"[A-Za-z0-9_-]{16,40}")


def new_owner() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(12)


def is_owner(text: str) -> bool:
    """Whether `text` has the form of an id (an address is typed and cut off by people)."""
    return _FORM.fullmatch(text) is not None

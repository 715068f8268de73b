"""Who the teacher is: whoever has the address that was printed when the lab was started.

A word that cannot be guessed, given by `LM_LAB_TEACHER` or made anew at each start. It stands in
the address of the teacher's page alone, which no other page links to.
"""

import hmac
import logging
import os
import re
import secrets

from pages._ui.shared.once import once

VARIABLE = "LM_LAB_TEACHER"
PARAMETER = "teacher"  # of the address
_FORM = re.compile(r"[A-Za-z0-9_-]{16,80}")
UNFIT = (
    f"{VARIABLE} is left out, and a new one was made: give 16 to 80 letters, digits, - and _ that "
    "nobody guesses."
)


@once
def token() -> str:
    """The word in the teacher's address: one as long as the lab runs."""
    given = os.environ.get(VARIABLE, "")
    if _FORM.fullmatch(given):
        return given
    if given:
        logging.getLogger(__name__).warning(UNFIT)
    return secrets.token_urlsafe(18)


def is_token(text: str | None) -> bool:
    """Whether it is the one; how long that takes does not say how much of it is right."""
    return hmac.compare_digest((text or "").encode(), token().encode())


def teachers_address(lab: str) -> str:
    """The teacher's page, given the address of the lab."""
    return f"{lab.rstrip('/')}/teacher?{PARAMETER}={token()}"

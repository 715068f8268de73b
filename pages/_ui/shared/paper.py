"""A page to print, and a table to take away, in the language of who asked for it.

A file is made when it is asked for, where nobody knows whose session it is: so each takes the
catalogue of the language (`language.known`), which is None for English.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING

from pages._ui.shared.catalogue import TAG
from pages._ui.shared.cells import known

if TYPE_CHECKING:
    import pandas as pd

    from pages._ui.shared.catalogue import Catalogue

# What a model wrote, a command, an address: as they are.
AS_IT_IS = re.compile(r'(<pre>.*?</pre>|<p class="address">.*?</p>)', re.DOTALL)
ALOUD = re.compile(r'(?<= )(aria-label|alt)="([^"]*)"')
Say = Callable[[str], str]


def printed(page: str, catalogue: "Catalogue | None") -> str:
    """A whole page of HTML, whose text between tags is said in the language."""
    if catalogue is None:
        return page
    head, body = page.replace('<html lang="en">', f'<html lang="{catalogue.code}">').split(
        "<body>", 1
    )
    title = re.sub("<title>.*</title>", lambda found: _between(found[0], catalogue.say), head)
    parts = AS_IT_IS.split(body)
    said = (p if n % 2 else _between(p, catalogue.say) for n, p in enumerate(parts))
    return f"{title}<body>{''.join(said)}"


def taken(table: "pd.DataFrame", catalogue: "Catalogue | None") -> "pd.DataFrame":
    """A table whose headings are said in the language, and its cells where they are ours; numbers
    stay as programs read them."""
    if catalogue is None:
        return table
    said = table.rename(columns=lambda one: catalogue.say(one) if isinstance(one, str) else one)
    for place in range(table.shape[1]):
        cells = table.iloc[:, place]
        if cells.dtype.kind == "O" and (ours := known(cells, catalogue.ours)):
            said.isetitem(place, cells.map(lambda one, ours=ours: ours.get(one, one)))
    return said


def _between(html: str, say: Say) -> str:
    """What stands between tags, and what a screen reader reads of a picture."""

    def said(text: str) -> str:
        return escape(say(unescape(text)), quote=True)

    parts = TAG.split(html)
    put = "".join(p if n % 2 or not p.strip() else said(p) for n, p in enumerate(parts))
    return ALOUD.sub(lambda found: f'{found[1]}="{said(found[2])}"', put)

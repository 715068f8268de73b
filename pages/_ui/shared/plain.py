"""Text from anyone inside a sentence of ours, shown as it is and not read as Markdown.

Foreign are tokens, titles, notes, labels of models, names of files and columns, and the sentences
of charts and errors, which quote such things. They go through `plain` wherever Streamlit reads
Markdown: in markdown, caption, error and the like, in labels, values and help of widgets, in the
options of pills, radio and sliders. Options of a selectbox, cells of a table and `st.text` are not
read and take `readable`; `st.html` takes `safe`.
"""

import html
import re

from lm_core.visible import apart, readable

_BLANKS = re.compile(r"[\t-\r \x85\u2028\u2029]+")
_HARM = re.compile(
    # Found after Markdown was read, where no backslash helps: icons, emoji, addresses, arrows.
    r"(?P<late>:(?!\s)|@|(?<=[wW]{3})\.|(?<=[-<>~])[-=>])"
    # Of a line's beginning: headings, lists, rules.
    r"|^\d*[.)#+=-]"
    # Anywhere, but an underscore between two letters.
    r"|[\\`*\[\]{}<>$~&|]|(?<![^\W_])_|_(?![^\W_])"
)


def plain(text: object) -> str:
    """Markdown of one line that shows exactly `text`, blanks and line ends as one space each."""
    shown = _BLANKS.sub(" ", readable(str(text))).strip()
    return _HARM.sub(_shown, apart(shown))


def safe(text: object) -> str:
    """HTML that shows exactly `text`: blanks and line ends stay."""
    return html.escape(apart(readable(str(text))), quote=True)


def _shown(match: re.Match[str]) -> str:
    before, mark = match[0][:-1], match[0][-1]
    # A colour of none: a piece of text that no neighbour completes.
    return f":color[\\{mark}]" if match["late"] else f"{before}\\{mark}"

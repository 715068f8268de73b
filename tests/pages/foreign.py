"""Words of others that are made to be misread: tokens, titles, notes, names of files."""

import re

# Each holds a sign that Markdown, Streamlit's own signs in it, or HTML gives a meaning.
TOKENS = [
    "$5", "b$", "$x^2$", "*a*", "**b**", "_c_", "`d`", "~~e~~", ":smile:", ":material/home:",
    ":material_home:", ":streamlit:", ":red[f]", ":help[g]", "&lt;", "&#36;", "<b>h</b>",
    "<img/src=x>", "[i](javascript:j)", "![k](http://192.0.2.1/l.png)", "http://192.0.2.1/m",
    "www.example.com", "n@example.com", "[^1]", "->", "<->", "--", "~=", "\\*", "a|b", "{o}",
]  # fmt: skip
# At the beginning of a line they make a block of it.
LINES = [
    "# p", "- q", "+ r", "1. s", "2) t", "> u", "---", "===", "    v", "\tw", "```x", "~~~", ":::y",
    "| z |", "- [ ] a", "[!NOTE]", "[b]: c",
]  # fmt: skip
TEXTS = [
    *TOKENS,
    *LINES,
    "d\n\n    e\n\n1. f\n- g",
    "h -> i <- j -- k >= l <= m ~= n",
    "$$o$$ and $p$, $5 and $6",
    "\\(q\\) \\[r\\] \\\\",
    "a: b:c ::d:: ::: :",
    "snake_case_name __s__ _t u_",
    "שלום: \u202eevil\u202c",
    "0:05 (12:30) 50 % + 1 = 2 #3 a-b.",
]
TITLE = "$5 *a* `b` :smile: ![c](http://192.0.2.1/d.png) <i>e</i> \u202ef"


MARKS = re.compile("[\u200e\u2068\u2069]")  # around words from right to left: nothing to see


def read(markdown: str) -> str:
    """What Markdown of `plain` says, by the two signs that it makes use of."""
    parted = re.sub(r":color\[(\\.)\]", r"\1", markdown)
    return MARKS.sub("", re.sub(r"\\(.)", r"\1", parted))

"""Nasty inputs, all from one `random.Random`: texts, bytes, numbers, JSON, and valid things of the
lab with something changed in them.
"""

import json
import random
from typing import Any

LETTERS = "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789"
CONTROLS = "\0\a\b\x1b\x7f"  # of which few make a text no text
ODD = [
    *"\t\n\v\f\r\x85\xa0\u2028\u2029\ufeff\u200b\u200d\u202e\u2066\u00ad\u0301",
    *"éÉßİıµΩжのก한😀\U0001f468\u200d\U0001f469\U000e0001\ue000\ufffd\ufffe\U0010ffff",
    *"$*_`~#|<>&[](){}\\/'\"=+-@;:,.!?%^",
    *"\ud800\udfff",  # halves of characters
]
WORDS = [
    "emma", "the ", "and ", "sep=;", "text,label", "\r\n", "\n\n", "=1+1", "+49", "-5", "@me",
    "$x$", "**b**", "`c`", ":smile:", "&lt;", "<b>", "![](http://x.example/a.png)", "a̧é",
    "NaN", "Infinity", "1e999", "../..", "~nobodyhere/x", "%00", "\\u0000", "null", "{}", "[[",
]  # fmt: skip
ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252",
    "cp850", "mac_roman", "gbk", "shift_jis", "cp1251", "utf-7",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 2, 7, 100, 10**6, 10**9, 2**31, 2**53, 2**63, 10**30, 10**400, 0.0, -0.0, 0.5, 1e-300,
    1e300, 1e-9, float("nan"), float("inf"), float("-inf"),
]  # fmt: skip


def text(rng: random.Random, most: int = 400) -> str:
    """Ordinary letters with odd signs and words among them, sometimes repeated many times."""
    parts = []
    for _ in range(rng.randrange(0, 12)):
        kind = rng.random()
        if kind < 0.4:
            parts.append("".join(rng.choices(LETTERS + "   \n", k=rng.randrange(1, 40))))
        elif kind < 0.7:
            parts.append("".join(rng.choices(ODD, k=rng.randrange(1, 5))))
        elif kind < 0.9:
            parts.append(rng.choice(WORDS))
        else:
            parts.append(rng.choice([chr(rng.randrange(32, 0x110000)), rng.choice(CONTROLS)]))
    whole = "".join(parts)
    if rng.random() < 0.1:
        whole *= rng.choice([10, 100, 1000])
    return whole[:most] if rng.random() < 0.9 else whole[: 50 * most]


def document(rng: random.Random) -> str:
    """Long enough to be learned from, often."""
    signs = str.maketrans("", "", "" if rng.random() < 0.2 else CONTROLS)
    lines = [text(rng, 60).translate(signs) or "emma" for _ in range(rng.choice([1, 30, 60, 200]))]
    return rng.choice(["\n", "\r\n", " ", ";\n", ",\n"]).join(lines)


def table(rng: random.Random) -> str:
    """Something like a CSV: now and then with its rules broken."""
    mark, end = rng.choice(",;\t|"), rng.choice(["\n", "\r\n", "\r"])
    width = rng.randrange(1, 5)
    rows = []
    if rng.random() < 0.2:
        rows.append(f"sep={mark}")
    for _ in range(rng.choice([1, 5, 60, 60])):
        cells = []
        for _ in range(max(0, width + (rng.random() < 0.1) - (rng.random() < 0.1))):
            cell = text(rng, 30)
            quoted = rng.random() < 0.4
            cells.append('"' + cell.replace('"', '""' * (rng.random() < 0.9)) + '"' * quoted)
        rows.append(mark.join(cells) + mark * (rng.random() < 0.1))
    return end.join(rows)


def data(rng: random.Random) -> bytes:
    """A text or a table in some encoding, cut, doubled or damaged."""
    whole = rng.choice([document, table, text])(rng)
    encoded = whole.encode(rng.choice(ENCODINGS), "ignore")
    if rng.random() < 0.2:
        encoded += rng.choice(["utf-8-sig", "utf-16", "latin-1"]).encode() + encoded
    return damaged(rng, encoded) if rng.random() < 0.3 else encoded


def damaged(rng: random.Random, given: bytes) -> bytes:
    """Bytes with some of them changed, left out, doubled, or cut off."""
    out = bytearray(given)
    for _ in range(rng.randrange(1, 6)):
        if not out:
            return rng.randbytes(rng.randrange(0, 50))
        at = rng.randrange(len(out))
        match rng.randrange(5):
            case 0:
                out[at] = rng.randrange(256)
            case 1:
                del out[at : at + rng.choice([1, 10, 1000])]
            case 2:
                out[at:at] = rng.randbytes(rng.choice([1, 8, 100]))
            case 3:
                del out[at:]
            case 4:
                out[at:at] = out[at : at + 100]
    return bytes(out)


def value(rng: random.Random, depth: int = 3) -> Any:
    """Plain values and nests of them."""
    match rng.randrange(9 if depth else 6):
        case 0 | 1:
            return rng.choice(NUMBERS)
        case 2:
            return text(rng, 60)
        case 3:
            return rng.choice([None, True, False, "", [], {}])
        case 4:
            return rng.choice(WORDS)
        case 5:
            return rng.randrange(-5, 300)
        case 6:
            return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
        case 7:
            return {text(rng, 12): value(rng, depth - 1) for _ in range(rng.randrange(4))}
    nest: Any = 1
    for _ in range(rng.choice([5, 50, 500])):
        nest = [nest] if rng.random() < 0.5 else {"a": nest}
    return nest


def changed(rng: random.Random, tree: Any) -> Any:
    """A copy of plain JSON with one place replaced, left out, doubled or renamed."""
    if not isinstance(tree, dict | list) or not tree or rng.random() < 0.05:
        return value(rng)
    if isinstance(tree, list):
        out = list(tree)
        at = rng.randrange(len(out))
        match rng.randrange(4):
            case 0:
                del out[at]
            case 1:
                out[at:at] = [out[at]] * rng.choice([1, 3])
            case _:
                out[at] = changed(rng, out[at])
        return out
    key = rng.choice(list(tree))
    out = dict(tree)
    match rng.randrange(5):
        case 0:
            del out[key]
        case 1:
            out[text(rng, 12)] = out.pop(key)
        case _:
            out[key] = changed(rng, out[key])
    return out


def dumped(rng: random.Random, tree: Any) -> bytes:
    """As a file would hold it: Python's JSON, which knows NaN, and sometimes damaged."""
    given = json.dumps(tree, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return damaged(rng, given) if rng.random() < 0.15 else given

"""Which sentences the screens say, found in the code, and which of them a language lacks.

    python -m tools.catalogue de            what is missing and what nobody says any more
    python -m tools.catalogue de --out F    the missing ones as JSON, to be filled in

A sentence is a string of the code that a person may read: from the screens, the charts, the
verdicts, the errors and the descriptions of models and texts; what stands in its blanks is a
sentence of its own. What only the command line says is not among them.
"""

import argparse
import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from lm_core.json_files import dumps
from pages._ui.shared.catalogue import BLANK, WORD, sentences_in
from pages._ui.shared.language import FOLDER

ROOT = Path(__file__).parents[1]
READ = ("app.py", "pages", "lm_core")
COMMAND_LINE = ("bench", "cli.py", "commands", "export", "__main__.py", "plain")  # in lm_core
WORDS = re.compile(
    r"[^\W\d_]{2,}\W*\s(a\s)?\W*[^\W\d_]{2,}|\b\w+\b:?\s+\{\}|\{\}\s+[^\W\d_]{2,}"
    # One word with a sign that none of mathematics stands beside: Counting …, as “{}”, {}, drawn
    r"|[^\W\d_]{3,} …|[^\W\d_]{2,} “\{\}”|\{\}[,:] [a-z]{3,}|^[a-z]{3,}, \{\}|^[,;:] [a-z]{3,}"
)
LABEL = re.compile(r"[A-Z][a-z]+(-[a-z]+)?|[a-z]{3,}")
CHOICE = re.compile(r"[A-Z][a-z]{2,}(-[a-z]+)?|A [a-z]{3,}")  # of a screen: an option, a heading
# Not for a person: SQL, styles, markup, mathematics, code, addresses, hashes.
CODE = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|INDEX)|PRAGMA|ALTER TABLE|"
    r"ORDER BY|WHERE|AND \w+ %?=?|VALUES|TEXT|INTEGER|REAL|UNIQUE|JOIN|LIKE|STATUS IN|seq >)(\W|$)"
    r"|(?<!%)\{\s*[a-z]+[\w-]*:(?=\s)|^@page|^\W?[\w-]+:\s*[\w.%#() -]+;|^\w+px (solid|dotted)|"
    r"\\(frac|sum|text|mathrm|operatorname|begin|left|cdot)|^[\w.]+ \| [\w.| ]+$|"
    r"\[data-testid|^<script>|^def |^import |^from \w+(\.\w+)* import|https?://\S+$|max-width|font-family|datum\."
)
TAG = re.compile(r"<[^<>]*>")
# Of sentences and of the gaps between them.
SENTENCE = re.compile(r"(?<=[.!?])(\s+)|(\s*\n\s*)")
# Calls whose first arguments are a label, whatever they are.
SHOWN_BY = {
    "badge",
    "button",
    "caption",
    "checkbox",
    "column_config",
    "Column",
    "NumberColumn",
    "TextColumn",
    "download_button",
    "expander",
    "header",
    "info",
    "link_button",
    "markdown",
    "metric",
    "multiselect",
    "number_input",
    "Page",
    "page_link",
    "pills",
    "popover",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "subheader",
    "text_area",
    "text_input",
    "title",
    "toggle",
    "write",
}
DRAWN = "words.json"  # of a language: single words that are drawn, which no sentence holds
TOLD = re.compile("(Strong and weak|Left out on purpose): ")
SHOWN_AS = {"label", "title", "help", "name", "placeholder", "caption"}
SHOWN_AS |= {"xaxis_title", "yaxis_title"}


@cache
def sentences() -> dict[str, str]:
    """Each sentence, with `{}` for a blank, and the room that says it, in the code's order."""
    found: dict[str, str] = {}
    for root in READ:
        path = ROOT / root
        for file in [path] if path.is_file() else sorted(path.rglob("*.py")):
            inner = file.relative_to(ROOT).parts
            if inner[0] == "lm_core" and set(inner) & set(COMMAND_LINE):
                continue
            for one in found_in(file):
                found.setdefault(one, _room(inner))
    for one in _studies():
        found.setdefault(one, "studies")
    return found


def _studies() -> Iterator[str]:
    """What the studies that ship with the lab are called, from which a screen lets one choose."""
    for file in sorted((ROOT / "checkpoints" / "studies").glob("*.json")):
        for course in json.loads(file.read_text(encoding="utf-8")).get("courses", ()):
            yield course["title"]


def _room(parts: tuple[str, ...]) -> str:
    """The file of a language that a file's sentences stand in."""
    match parts:
        case ("pages", "_ui", room, *_):
            return f"screen-{room}"
        case ("lm_core", room, _, *_):
            return room
        case ("lm_core", _):
            return "library"
    return "screens"


def found_in(file: Path) -> Iterator[str]:
    """The sentences of a file, some more than once."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    screen = "pages" in file.parts or file.name == "app.py"
    if file.parent.name == "models":
        yield from _told(ast.get_docstring(tree) or "")
    for text, label in _texts(tree, set(), set()):
        for piece in SENTENCE.split(text)[::3]:
            one = BLANK.sub("{}", piece).strip()
            bare = TAG.sub(" ", one)  # without markup
            if CODE.search(one) or not WORD.search(BLANK.sub(" ", bare)):
                continue
            short = (label and LABEL.fullmatch(one)) or (screen and CHOICE.fullmatch(one))
            if WORDS.search(bare) or short or bare != one:
                yield one


def _told(text: str) -> Iterator[str]:
    """What Architectures reads from the beginning of a family's file."""
    for paragraph in text.split("\n\n"):
        for part in re.split(r"\n(?=Strong and weak: |Left out on purpose: )", paragraph):
            if said := TOLD.match(part):
                yield from SENTENCE.split(" ".join(part[said.end() :].split()))[::3]


def _never_shown(node: ast.AST) -> list[ast.AST]:
    """Docstrings, annotations, what a programmer prints, and the titles of papers."""
    match node:
        case ast.FunctionDef(name="__repr__", body=body):
            return body
        case ast.keyword(arg="paper", value=value):
            return [value]
        case ast.Module() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            first = node.body[0] if node.body else None
            said = first.value if isinstance(first, ast.Expr) else None
            docs = [said] if isinstance(said, ast.Constant) else []
            return docs + ([node.returns] if getattr(node, "returns", None) else [])
        case ast.AnnAssign() | ast.arg() if node.annotation:
            return [node.annotation]
        case ast.Call(func=ast.Attribute(attr="compile" | "execute" | "cast")):
            return list(node.args)
        case ast.Call(func=ast.Name(id="cast" | "TypeVar")):
            return list(node.args)
    return []


def _labels(call: ast.Call) -> list[ast.AST]:
    """What a call shows as a label, however short."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[:2] if name in SHOWN_BY else []
    items = [
        one
        for arg in first
        for one in (arg.elts if isinstance(arg, ast.List | ast.Tuple) else [arg])
    ]
    return items + [one.value for one in call.keywords if one.arg in SHOWN_AS]


def _texts(node: ast.AST, quiet: set[int], labels: set[int]) -> Iterator[tuple[str, bool]]:
    """Strings, those that are put together from pieces as one with blanks; inner ones follow."""
    if id(node) in quiet:
        return
    quiet.update(map(id, _never_shown(node)))
    if isinstance(node, ast.Call):
        labels.update(map(id, _labels(node)))
    yield from ((f"{{}} {noun}", False) for noun in _counted(node))
    text = _text(node)
    if text is not None:
        yield text, id(node) in labels
        for inner in _blanks(node):
            yield from _texts(inner, quiet, labels)
        return
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, quiet, labels)


def _counted(node: ast.AST) -> list[str]:
    """The nouns of a call that counts: `count(n, "word")` says "5 words"."""
    match node:
        case ast.Call(
            func=ast.Name(id="count") | ast.Attribute(attr="count"), args=[_, given, *rest]
        ):
            given = [given, *rest]
            nouns = [text for text in map(_text, given) if text]
            return nouns if len(given) != 1 else [*nouns, *(f"{noun}s" for noun in nouns)]
    return []


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            a, b = _text(left), _text(right)
            if a is not None or b is not None:
                return f"{'{}' if a is None else a}{'{}' if b is None else b}"
    return None


def _blanks(node: ast.AST) -> Iterator[ast.AST]:
    """What fills the blanks of a string that is put together."""
    match node:
        case ast.JoinedStr(values=values):
            yield from (one.value for one in values if isinstance(one, ast.FormattedValue))
        case ast.BinOp(left=left, right=right):
            for side in (left, right):
                if _text(side) is None:
                    yield side
                else:
                    yield from _blanks(side)


@cache
def words() -> frozenset[str]:
    """Every word that stands in a string of the code: what `words.json` of a language holds is made
    of them, and is seen where a table, an axis or a legend is drawn."""
    found: set[str] = set()
    for root in READ:
        path = ROOT / root
        for file in [path] if path.is_file() else path.rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
            found.update(
                word for text in texts if isinstance(text, str) for word in WORD.findall(text)
            )
    return frozenset(found)


def idle(language: str) -> list[str]:
    """What stands in a language and nobody says."""
    drawn = set(json.loads((FOLDER / language / DRAWN).read_text(encoding="utf-8")))
    said = {one for one in drawn if set(WORD.findall(one.replace("{}", " "))) <= words()}
    return sorted(set(known(language)) - set(sentences()) - said)


def ending(sentence: str) -> bool:
    """Whether a blank holds the ending of an English word."""
    return re.search(r"[^\W\d_]\{\}", sentence) is not None


def known(language: str) -> dict[str, str]:
    """The sentences of a language."""
    return sentences_in(FOLDER / language)


def missing(language: str) -> dict[str, dict[str, str]]:
    """Room -> sentence -> "", of those that the language has no words for."""
    have, lack = known(language), {}
    for one, room in sentences().items():
        if not have.get(one):
            lack.setdefault(room, {})[one] = ""
    return lack


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("language", choices=sorted(path.name for path in FOLDER.iterdir()))
    parser.add_argument("--out", type=Path, help="the missing ones as JSON")
    given = parser.parse_args()
    lack = missing(given.language)
    for room, ones in sorted(lack.items()):
        print(f"{len(ones):5} missing in {room}")
    for one in idle(given.language):
        print(f"nobody says: {one}")
    if given.out:
        given.out.write_text(dumps(lack, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()

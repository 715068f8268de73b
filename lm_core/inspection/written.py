"""Where in this program's source a running operation is written: found from the frame that runs it.

    here = written(frame.f_code, frame.f_lasti)
    here.file, here.line          # "lm_core/models/attention.py", 203
    here.statement                # "weights = scores.softmax(dim=-1)"
    here.names                    # ("weights",): the operation is all that the statement assigns

Nothing is typed in: Python says at which columns of a line an instruction stands (PEP 657), and the
tree of the file says which expression and which statement that is.
"""

import ast
import textwrap
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Written:
    """A place in the source. `line` counts from 1."""

    file: str  # from the folder of the package, "lm_core/models/lstm.py"
    line: int  # where the statement begins
    function: str  # "Attention.take"
    statement: str  # as it stands, over several lines where it does
    names: tuple[str, ...]  # what it is called afterwards; () where it is a part of something
    node: ast.expr | None = field(compare=False, repr=False)  # of the operation alone

    def is_part_of(self, other: "Written") -> bool:
        """Whether the operation stands inside that one."""
        if self.node is None or other.node is None or self.node is other.node:
            return False
        return _is_in(self.node, other.node)

    @property
    def expression(self) -> str:
        """The operation alone, as code; the statement where Python does not say which part."""
        return self.statement if self.node is None else ast.unparse(self.node)


def is_ours(frame: FrameType) -> bool:
    """Whether the code of a frame is written in this package."""
    return frame.f_code.co_filename.startswith(str(PACKAGE))


@lru_cache(maxsize=4096)
def written(code: CodeType, instruction: int) -> Written:
    """The place of an instruction (the `f_lasti` of a frame) of a function of this package."""
    text, statements = _parsed(code.co_filename)
    place = list(code.co_positions())[instruction // 2]
    line = place[0] or code.co_firstlineno
    first, last = (line, place[2] or 0), (place[1] or line, place[3] or 0)
    statement = min(
        (s for s in statements if _begin(s) <= first and last <= _end(s)),
        key=_length,
        default=None,
    )
    file = Path(code.co_filename).resolve().relative_to(PACKAGE.parent).as_posix()
    if statement is None:
        said = text.splitlines()[line - 1].strip()
        return Written(file, line, code.co_qualname, said, (), None)
    node = next(
        (n for n in ast.walk(statement) if _is_at(n, first, last) and isinstance(n, ast.expr)), None
    )
    said = textwrap.dedent("\n".join(text.splitlines()[statement.lineno - 1 : _last(statement)]))
    function = code.co_qualname.replace(".<locals>", "")
    names = _names(statement, node, (first, last), code.co_name)
    return Written(file, statement.lineno, function, said, names, node)


def _names(
    statement: ast.stmt, node: ast.expr | None, place: tuple[Any, Any], function: str
) -> tuple[str, ...]:
    """What the value of a part of a statement is called after it: the names it is assigned to, or
    the function that returns it."""
    if isinstance(statement, ast.AugAssign) and _is_at(statement, *place):
        return (ast.unparse(statement.target),)
    value = getattr(statement, "value", None)
    if node is None or value is None:
        return ()
    if isinstance(value, ast.IfExp):  # one of the two
        value = value.body if _is_in(node, value.body) else value.orelse
    if isinstance(value, ast.Dict):
        keys = [k for k, v in zip(value.keys, value.values, strict=True) if v is node]
        return tuple(str(k.value) for k in keys if isinstance(k, ast.Constant))
    if isinstance(statement, ast.Return):
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        return (function,) if any(node is part for part in parts) else ()
    if isinstance(statement, ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    for target in targets:
        if node is value:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            return tuple(ast.unparse(part) for part in parts)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for part, one in zip(target.elts, value.elts, strict=False):
                if node is one:
                    return (ast.unparse(part),)
    return ()


@lru_cache(maxsize=64)
def _parsed(file: str) -> tuple[str, list[ast.stmt]]:
    """A file, and its statements that hold no others."""
    text = Path(file).read_text(encoding="utf-8")
    found = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.stmt)]
    return text, [n for n in found if not isinstance(n, ast.FunctionDef | ast.ClassDef)]


def _is_at(node: ast.AST, first: tuple[int, int], last: tuple[int, int]) -> bool:
    return hasattr(node, "lineno") and (_begin(node), _end(node)) == (first, last)


def _is_in(node: ast.AST, other: ast.AST) -> bool:
    return any(node is inner for inner in ast.walk(other))


def _begin(node: Any) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: Any) -> tuple[int, int]:
    return node.end_lineno, node.end_col_offset


def _length(node: Any) -> tuple[int, int]:
    return node.end_lineno - node.lineno, node.end_col_offset - node.col_offset


def _last(statement: ast.stmt) -> int:
    """The line that a statement ends at; of one that holds others, where its head does."""
    body = getattr(statement, "body", None)
    return max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno

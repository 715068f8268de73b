"""The tree of modules that a model really is, for a drawing one can point at.

    tree = module_tree(model, T=64)
    tree.parts[1]                  # Node("blocks.0", "blocks", "Block", times=4, ...)
    tree.at("blocks.0.mlp")        # one node
    mentions(model, "blocks.0.mlp")        # [(123, "x = ... self.mlp(...)")], where it is used

Equal modules beside each other are one node that says how often: four blocks are one block, drawn
once. What has no module (a function such as RMSNorm, a sum) is in no tree: the code shows it.
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from torch import nn

from lm_core.inspection.shapes import ids, module_shapes
from lm_core.models.contract import LanguageModel, Model


@dataclass(frozen=True)
class Node:
    """A module with what is in it. Figures are of one of its `times` equals."""

    path: str
    name: str  # of the attribute that holds it
    kind: str  # its class
    times: int
    shape: tuple[int, ...] | None  # of what it gives, for B texts of T tokens; None: not called
    parameters: int
    parts: tuple["Node", ...] = field(default=(), repr=False)

    def walk(self) -> Iterator["Node"]:
        """It, and all within."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def at(self, path: str) -> "Node | None":
        """The node of a path; None where the drawing has none."""
        return next((node for node in self.walk() if node.path == path), None)


def module_tree(model: Model, *, T: int, B: int = 2) -> Node:
    """The modules of a model that was built, with their shapes for B texts of T tokens (a target
    of as many where it turns one text into another). Runs it once; `counters.by_module` has the
    operations of each, by the same paths."""
    idx = ids(model, B, T)
    seen = module_shapes(model, idx, None if isinstance(model, LanguageModel) else idx)
    shapes: dict[str, tuple[int, ...]] = {}
    for name, shape in seen:
        shapes.setdefault(name, shape)
    return _node(model, "", type(model).__name__, shapes)


def mentions(model: Model, path: str) -> list[tuple[int, str]]:
    """Lines of the class around a module that name it, (number in its file, text); the number
    counts from 1. Empty for the model itself."""
    above, name = _above(model, path)
    if above is None:
        return []
    for cls in type(above).__mro__:  # it may be a base class that made it
        if not cls.__module__.startswith("lm_core."):
            break
        lines, first = inspect.getsourcelines(cls)
        found = [
            (n, line.rstrip())
            for n, line in enumerate(lines, start=first)
            if re.search(rf"self\.{name}\b", line)
        ]
        if found:
            return found
    return []


def code_of(module: nn.Module) -> type | None:
    """Its class, where this program wrote it; None for one of PyTorch's."""
    return type(module) if type(module).__module__.startswith("lm_core.") else None


def _above(model: nn.Module, path: str) -> tuple[nn.Module | None, str]:
    """The module that holds another, lists passed by, and the attribute."""
    if not path:
        return None, ""
    above, _, name = path.rpartition(".")
    holder = model.get_submodule(above)
    return _above(model, above) if isinstance(holder, nn.ModuleList) else (holder, name)


def _node(
    module: nn.Module,
    path: str,
    name: str,
    shapes: dict[str, tuple[int, ...]],
    times: int = 1,
) -> Node:
    parts = tuple(
        _node(child, inside, called, shapes, n)
        for inside, called, child, n in _children(module, path)
    )
    return Node(
        path,
        name,
        type(module).__name__,
        times,
        shapes.get(path or "logits"),
        sum(p.numel() for p in module.parameters()),
        parts,
    )


def _children(module: nn.Module, path: str) -> Iterator[tuple[str, str, nn.Module, int]]:
    """(path, name, module, how many equal ones), the members of a list under the list's name."""
    for name, child in module.named_children():
        inside = f"{path}.{name}" if path else name
        if not isinstance(child, nn.ModuleList):
            yield inside, name, child, 1
            continue
        members = list(child.named_children())
        while members:
            first = _looks(members[0][1])
            equal = next((n for n, (_, m) in enumerate(members) if _looks(m) != first), None)
            equal = len(members) if equal is None else equal
            yield f"{inside}.{members[0][0]}", name, members[0][1], equal
            members = members[equal:]


def _looks(module: nn.Module) -> tuple[object, ...]:
    """What two modules have to share to be drawn as one."""
    return (type(module), *((name, tuple(p.shape)) for name, p in module.named_parameters()))

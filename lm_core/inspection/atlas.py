"""A tensor atlas: one batch followed through a model, every tensor that is made on the way with the
line of this program that made it.

    atlas = follow(model, idx)
    for made in atlas.entries:
        print(made.name, made.shape, made.op, made.written.file, made.written.line)
    atlas.first_bad                # the first that holds NaN or an infinity that nobody meant

PyTorch tells of each operation (`TorchFunctionMode`), Python which frame asked for it. Operations
that move nothing but the view of the same numbers are listed where they are given a name. What a
loop makes again and again at one place, as a recurrent cell does token by token, is one entry.

Shapes: B rows, T tokens, S tokens of a source, C width, H heads, D numbers of a head, V vocabulary.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lm_core.inspection.written import Written, is_ours, written
from lm_core.models.contract import Model, evaluating
from lm_core.models.tracing import Trace, trace

SKIPPED = {  # what is offered to whoever looks, and the look itself
    str(sys.modules[Trace.__module__].__file__),
    __file__,
}
LAYER = "layer"  # the parameter of a function that computes one of the layers of a module
SHOWN = 48  # characters of an operation without a name


@dataclass(eq=False)
class Made:
    """A tensor, or one for each round of the loop that made it."""

    name: str
    module: str  # the path of the module that made it, "" for the model itself
    op: str  # PyTorch's name of the operation
    written: Written
    parameters: tuple[str, ...]  # those that the operation read itself
    parts: list[Tensor] = field(repr=False)  # as they are in the graph, where there is one
    meant: bool  # a mask put minus infinity there
    inner: bool  # a module of PyTorch's own made it
    step: bool = True  # False: a part of a longer operation, which is listed too
    letters: tuple[str, ...] = ()  # of the shape, in the field's letters

    @property
    def times(self) -> int:
        """How often the place made one."""
        return len(self.parts)

    @property
    def tensor(self) -> Tensor:
        """Its numbers; of a loop (B, rounds, ...), as a trace has them."""
        return joined([part.detach() for part in self.parts])

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.tensor.shape)


@dataclass(frozen=True)
class Facts:
    """A tensor in figures. Those of size are of its finite numbers; None where it has none."""

    count: int
    mean: float | None
    std: float | None
    low: float | None
    high: float | None
    nan: int
    above: int  # + infinity
    below: int  # - infinity

    @property
    def bad(self) -> int:
        """How many are no finite numbers."""
        return self.nan + self.above + self.below


@dataclass(eq=False)
class Atlas:
    """What was made, in the order of computation."""

    entries: list[Made]
    logits: Tensor
    weights: list[tuple[str, int]]  # (parameter, numbers of it that are not finite)

    def at(self, name: str) -> Made | None:
        return next((made for made in self.entries if made.name == name), None)

    @property
    def first_bad(self) -> Made | None:
        """The first tensor that holds NaN or an infinity that no mask put there."""
        return next((made for made in self.entries if is_bad(made)), None)


def follow(model: Model, idx: Tensor, target: Tensor | None = None) -> Atlas:
    """One forward pass, recorded. The model stays as it is.

    Args:
        idx: (B, T) ids, T at most the context.
        target: (B, T) where the model turns `idx` (B, S) into another text.

    Raises:
        ContextTooLong: T is more than the model's context.
    """

    def run() -> Tensor:
        return model(idx)[0] if target is None else model.answer(idx, target)

    with evaluating(model), torch.no_grad():
        entries, logits = recorded(model, run)
    return Atlas(entries, logits, bad_weights(model))


def recorded(model: Model, run: Callable[[], Any]) -> tuple[list[Made], Any]:
    """What is made while `run` goes through the model on its explicit path, and what that gives."""
    with _recorder(model) as recorder:
        given = run()
    return recorder.entries(), given


def facts(x: Tensor) -> Facts:
    """Figures in float64: the square of a large float32 is none."""
    x = x.detach().double().flatten()
    known = x[x.isfinite()]
    low, high = (float(end) for end in known.aminmax()) if len(known) else (None, None)
    return Facts(
        count=len(x),
        mean=float(known.mean()) if len(known) else None,
        std=float(known.std(correction=0)) if len(known) else None,
        low=low,
        high=high,
        nan=int(x.isnan().sum()),
        above=int(x.isposinf().sum()),
        below=int(x.isneginf().sum()),
    )


def is_bad(made: Made) -> bool:
    """Whether it holds NaN or an infinity that nobody meant."""
    return any(_is_bad(part.detach(), made.meant) for part in made.parts)


def bad_weights(model: nn.Module) -> list[tuple[str, int]]:
    """Parameters that hold what is no finite number, and how many of it."""
    found = [(n, int((~p.detach().isfinite()).sum())) for n, p in model.named_parameters()]
    return [(name, bad) for name, bad in found if bad]


def joined(parts: Sequence[Tensor]) -> Tensor:
    """One tensor of those of a loop: (B, rounds, ...); without their first dimension where they
    have none, and the last of those that differ in shape."""
    if len(parts) == 1:
        return parts[0]
    if any(part.shape != parts[0].shape for part in parts):
        return parts[-1]
    return torch.stack(list(parts), dim=min(1, parts[0].dim()))


def _is_bad(x: Tensor, meant: bool) -> bool:
    if not x.is_floating_point():
        return False
    return bool((x.isnan() | x.isposinf()).any() if meant else not x.isfinite().all())


class _Deaf(Trace):
    """Sends a model on its explicit path, and keeps nothing of what that offers."""

    def keep(self, name: str, tensors: list[Tensor], activation: str) -> None:
        pass


@contextmanager
def _recorder(model: Model) -> Iterator["_Recorder"]:
    recorder = _Recorder(model)
    with trace(model, into=_Deaf(model)), recorder:
        yield recorder


class _Recorder(TorchFunctionMode):
    """Notes what each operation gives while it is the mode of this thread."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.modules = {id(module): name for name, module in model.named_modules()}
        self.parameters = {id(p): name for name, p in model.named_parameters()}
        self.found: dict[tuple, Made] = {}
        self.masked: dict[int, Tensor] = {}  # what holds minus infinity because of a mask

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        given = func(*args, **(kwargs or {}))
        results = given if isinstance(given, tuple | list) else [given]
        if any(isinstance(one, Tensor) for one in results):
            self.note(func, [*args, *(kwargs or {}).values()], list(results), sys._getframe(1))
        return given

    def note(self, func: Any, inputs: list[Any], results: list[Any], frame: FrameType) -> None:
        place = self.place(frame)
        if place is None:
            return
        here, owner, inner, key = place
        tensors = [one for one in _flat(inputs) if isinstance(one, Tensor)]
        read = tuple(self.parameters[id(t)] for t in tensors if id(t) in self.parameters)
        op = getattr(func, "__name__", str(func)).strip("_")
        given = [one for one in inputs if isinstance(one, int | float)]
        masks = op.startswith("masked_fill") and -math.inf in given
        masks = masks or any(id(t) in self.masked for t in tensors)
        for n, result in enumerate(results):
            if not isinstance(result, Tensor) or id(result) in self.parameters:
                continue
            if not result.numel():  # an empty state
                continue
            if meant := masks and result.is_floating_point() and bool(result.isneginf().any()):
                self.masked[id(result)] = result
            if not self.is_news(result, tensors, named=bool(here.names) or inner):
                continue
            made = self.found.setdefault(
                (*key, op, n),
                Made(
                    _called(here, owner, inner, key[1], n), owner, op, here, read, [], meant, inner
                ),
            )
            made.parts.append(result if result.requires_grad else result.detach().clone())
            made.meant |= meant

    def place(self, frame: FrameType | None) -> tuple[Written, str, bool, tuple] | None:
        """Where in the source an operation is asked for, the path of the module that asks, whether
        that is one of PyTorch's own, and what tells this place from others: the way of calls to it,
        the module, and which of its layers."""
        here: Written | None = None
        owner: str | None = None
        inner, layer, way = False, None, []
        while frame is not None:
            ours, code = is_ours(frame), frame.f_code
            if ours and code.co_filename in SKIPPED:
                if here is None:
                    return None
                break
            if owner is None and (path := self.modules.get(id(frame.f_locals.get("self")))):
                owner, inner = path, here is None and not ours
            if ours:
                here = here or written(code, frame.f_lasti)
                if layer is None and LAYER in code.co_varnames[: code.co_argcount]:
                    layer = frame.f_locals.get(LAYER)
                way.append((code, frame.f_lasti))
            frame = frame.f_back
        if here is None:
            return None
        layer = layer if isinstance(layer, int) else None
        return here, owner or "", inner, (owner, layer, tuple(way))

    def is_news(self, result: Tensor, inputs: list[Tensor], *, named: bool) -> bool:
        """Whether there are numbers that were not there before, or known ones get a name."""
        if not named and not result.is_floating_point():
            return False
        same = [t for t in inputs if t.data_ptr() == result.data_ptr()]
        if any(t.shape == result.shape and t.stride() == result.stride() for t in same):
            return False
        storage = result.untyped_storage().data_ptr()
        return named or all(t.untyped_storage().data_ptr() != storage for t in inputs)

    def entries(self) -> list[Made]:
        """In the order of computation, no two called alike."""
        around: dict[tuple, list[Made]] = {}  # by the frame, but for where in it
        last: dict[tuple, str] = {}  # what PyTorch does last for one operation of ours
        for (owner, layer, way, op, _), made in self.found.items():
            around.setdefault((owner, layer, way[0][0], way[1:]), []).append(made)
            last[owner, layer, way] = op
        for together in around.values():
            for made in together:
                named = bool(made.written.names) or made.inner
                made.step = named or not any(
                    made.written.is_part_of(other.written) for other in together
                )
        for (owner, layer, way, op, _), made in self.found.items():
            made.step &= op == last[owner, layer, way]
        alike: dict[str, list[Made]] = {}
        for made in self.found.values():
            alike.setdefault(made.name, []).append(made)
        for name, some in alike.items():
            some.sort(key=lambda made: not made.step)  # parts are numbered after the whole ones
            for n, made in enumerate(some, start=1):
                alone = n == 1 and not any(other.step for other in some[1:])
                made.name = name if alone else f"{name} ({n})"
        return list(self.found.values())


def _called(here: Written, owner: str, inner: bool, layer: int | None, n: int) -> str:
    """A name: of the module of PyTorch's that made it, else what the source calls it, after the
    path of the module and the layer in it."""
    names = here.names
    if inner:
        own = ""
    elif names:
        own = names[n] if n < len(names) else names[0]
    else:
        own = here.expression
    own = " ".join(own.split())
    own = own if len(own) <= SHOWN else f"{own[: SHOWN - 1]}…"
    return ".".join(filter(None, (owner, "" if layer is None else str(layer), own)))


def _flat(inputs: Any) -> Iterator[Any]:
    for one in inputs:
        if isinstance(one, tuple | list):
            yield from _flat(one)
        else:
            yield one

"""How registries work: a name leads to a title, a one-line idea, a paper, settings and a builder.

The entries live beside the things they describe; a registry imports every module of its package
on first use, so adding one file to the package is all it takes to add an entry.

    models = Registry("model", package="lm_core.models")

    @models.register("lstm", title="LSTM", idea="...", settings=LSTMSettings)
    class LSTM(LanguageModel): ...

    models["lstm"].settings()          # the default settings
"""

import importlib
import inspect
import pkgutil
import re
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lm_core.errors import UnknownName, nearest
from lm_core.settings import Settings


@dataclass(frozen=True)
class Entry:
    """One registered thing. `build` is the class or function itself."""

    name: str
    title: str
    idea: str
    build: Callable[..., Any]
    settings: type[Settings] = Settings
    paper: str = ""
    order: int = 0
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The first lines of the file it is in."""
        return inspect.cleandoc(sys.modules[self.build.__module__].__doc__ or "")

    @property
    def equation(self) -> str:
        """The first indented lines of that text; "" where there are none."""
        block = re.search(r"(?:^    .*\n?)+", self.text, re.MULTILINE)
        return inspect.cleandoc(block[0]) if block else ""


class Registry:
    """Entries of one kind, found by name. Iterates in `order`, then by name."""

    def __init__(self, kind: str, *, package: str) -> None:
        self.kind = kind
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._loaded = False
        self._lock = threading.RLock()  # two page threads may arrive first together

    def __repr__(self) -> str:
        return f"Registry({self.kind!r}, {self.names()})"

    def register(self, name: str, **description: Any) -> Callable[[Any], Any]:
        """Decorator for a class or function; keywords as in `Entry`, the rest goes to `extra`."""
        known = {k: description.pop(k) for k in list(description) if k in Entry.__annotations__}

        def add(thing: Any) -> Any:
            self._entries[name] = Entry(name=name, build=thing, extra=description, **known)
            return thing

        return add

    def _load(self) -> None:
        with self._lock:
            if self._loaded:
                return
            package = importlib.import_module(self._package)
            for module in pkgutil.iter_modules(package.__path__):
                importlib.import_module(f"{self._package}.{module.name}")
            self._loaded = True

    def __getitem__(self, name: str) -> Entry:
        self._load()
        if name not in self:
            raise UnknownName(f"Unknown {self.kind} {name!r}{nearest(name, self.names())}")
        return self._entries[name]

    def __contains__(self, name: str) -> bool:
        self._load()
        return isinstance(name, str) and name in self._entries  # JSON may bring a list

    def __iter__(self) -> Iterator[Entry]:
        self._load()
        return iter(sorted(self._entries.values(), key=lambda e: (e.order, e.name)))

    def names(self) -> list[str]:
        """Every name, in display order."""
        return [entry.name for entry in self]

"""RunSpec: everything that decides what a run does, as one frozen tree. JSON both ways.

    task     what is learned            codec    what cuts its texts into tokens
    data     from which examples        model    by which family
    start    from which weights         train, budget, seed

Equal specs have equal ids. Only what differs from the defaults goes into an address bar. A spec
that comes from a visitor may name a corpus or a text the visitor gave, never a file of the machine.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from lm_core.adapt.settings import FULL, AdapterSettings
from lm_core.cleaning import Cleaning
from lm_core.corpora import corpora
from lm_core.doctor.faults import trainer_with
from lm_core.errors import BadCheckpoint, BadSettings, nearest
from lm_core.foreign.naming import A_HUB, A_PACKAGE, is_name
from lm_core.json_files import dumps
from lm_core.models import models
from lm_core.settings import Settings, setting
from lm_core.tasks import task_for, tasks
from lm_core.tokenizers import Tokenizer, tokenizers
from lm_core.training import Budget, TrainSettings
from lm_core.training.task import Task
from lm_core.versions import BEGIN_OF_1, VERSION, up_to_date

OWN_KINDS = (
    *("pairs", "classes", "values", "series", "table classes", "table values"),
    "picture values",
)
FRESH, NAMES = "fresh", "names"  # what a run can start from, unless a trained model is named
A_RUN = "run:"  # before the id of a run whose model another starts from
PARTS = ("task", "data", "codec", "model", "start", "train", "budget", "seed", "fault")
# As they were called before, and still are on the command line.
CALLED = {"tokenizer": "codec", "corpus": "data"}
CLEANING = tuple(Cleaning.labels())


@dataclass(frozen=True)
class CorpusSpec(Cleaning):
    """Which text, and how it is cleaned. One of a registered corpus, a stored own text, or a file
    (command line only)."""

    name: str = setting("names", title="Text", help="A corpus by name, or 'own' or 'file'.")
    text: str = setting("", title="Own text", help="SHA-256 of a text that was given to the lab.")
    file: str = setting("", title="File", help="Path of a UTF-8 file.")
    validation: str = setting("", title="Validation file", help="Then all of the file trains.")
    items: bool = setting(False, title="Lines are items", help="Each line stands for itself.")
    form: str = setting(
        "NFC",
        title="Accents",
        choices=("NFC", "none"),
        help="NFC reads a letter and its accents as one character, none as they stand in a file.",
    )

    kind: str = setting(
        "",
        title="Kind",
        choices=("", *OWN_KINDS),
        help="What a text of your own or a file holds: running text or items where nothing is "
        "said; pairs in two columns; texts with a class, or with a value, in a table; a series of "
        "measurements; a table whose last column is a class, or a number; a folder of pictures "
        "with an age each.",
    )

    @property
    def holds(self) -> str:
        """The kind of data it is, as tasks name it."""
        if self.name in corpora:
            return corpora[self.name].extra["info"].kind
        return self.kind or ("items" if self.items else "text")

    @property
    def cleaning(self) -> Cleaning:
        """The rules alone."""
        return Cleaning(**{name: getattr(self, name) for name in CLEANING})

    def same_text(self, other: "CorpusSpec") -> bool:
        """Whether both are of one text, however it is cleaned."""
        return self == other.cleaned(self.cleaning)

    def cleaned(self, how: Cleaning) -> "CorpusSpec":
        """This text by these rules."""
        return replace(self, **how.to_dict())

    def as_read_by(self, tokenizer: Tokenizer) -> "CorpusSpec":
        """This text with its accents as they stand, for a tokenizer that takes them so."""
        return self if tokenizer.form or self.name != "file" else replace(self, form="none")


@dataclass(frozen=True)
class StartSpec(AdapterSettings):
    """From which weights, and which of them learn on."""

    origin: str = setting(
        FRESH,
        title="Start from",
        choices=(FRESH, NAMES),
        help="fresh: random weights. names: those of the names model that ships, which has read "
        "27,000 first names: for a short list of names of any kind (LSTM and Transformer).",
        kept=True,  # it has begun
    )
    folder: str = setting(
        "",
        title="Trained model",
        help="Whose weights and tokenizer it takes: a model that ships, by name; a run, as run: "
        "and its id; somebody else's, as package: or hub: and its name.",
        kept=True,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.folder and self.origin != FRESH:
            raise BadSettings(
                "A run starts from the names model (start.origin) or from another trained one "
                "(start.folder): choose one of the two.",
                "folder",
                "origin",
            )
        if self.method != FULL and not self.folder:
            raise BadSettings(
                f"{self.method} changes a trained model a little: name one to start from "
                "(start.folder), or let every weight learn (full).",
                "method",
                "folder",
            )

    @property
    def fresh(self) -> bool:
        """Whether its weights are random."""
        return self.origin == FRESH and not self.folder

    @property
    def is_public(self) -> bool:
        """Whether it names no file of this machine: a link may say no more."""
        named, hubs = self.folder, self.folder.removeprefix(A_HUB)
        inside = re.fullmatch(rf"({A_RUN}|{A_PACKAGE})?[\w-]{{1,80}}", named)
        return not named or bool(inside) or (hubs != named and is_name(hubs))

    @property
    def adapter(self) -> AdapterSettings:
        """The method and its sizes alone."""
        return AdapterSettings.said(self.to_dict())


@dataclass(frozen=True)
class RunSpec:
    """Task, data, codec, model, start, training, budget, seed; and for a lesson a `fault`, one of
    `lm_core.doctor.faults.FAULTS`. `task_name` "" is what the family usually learns from such
    data."""

    data: CorpusSpec = field(default_factory=CorpusSpec)
    codec_name: str = "char"
    codec: Settings | None = None
    model_name: str = "transformer"
    model: Settings | None = None
    train: TrainSettings = field(default_factory=TrainSettings)
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    fault: str = ""
    task_name: str = ""
    task: Settings | None = None
    start: StartSpec = field(default_factory=StartSpec)

    def __post_init__(self) -> None:
        if not self.task_name:
            object.__setattr__(self, "task_name", task_for(self.model_name, self.data.holds))
        for part, registry in (("task", tasks), ("codec", tokenizers), ("model", models)):
            if getattr(self, part) is None:
                usual = registry[getattr(self, f"{part}_name")].settings()
                object.__setattr__(self, part, usual)
        if type(self.seed) is not int or not 0 <= self.seed < 2**31:
            raise BadSettings(f"seed must be a whole number from 0 to 2147483647, not {self.seed}.")
        trainer_with(self.fault)  # raises UnknownName with the nearest

    @property
    def learned(self) -> Task:
        """What is learned, with its settings."""
        return tasks[self.task_name].build(self.task)

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits; equal specs have equal ids."""
        canonical = dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "task": {"name": self.task_name, **self.task.to_dict()},
            "data": self.data.difference() | {"name": self.data.name},
            "codec": {"name": self.codec_name, **self.codec.to_dict()},
            "model": {"name": self.model_name, **self.model.to_dict()},
            "start": self.start.to_dict(),
            "train": self.train.to_dict(),
            "budget": {k: v for k, v in self.budget.to_dict().items() if v is not None},
            "seed": self.seed,
            **({"fault": self.fault} if self.fault else {}),
        }

    @classmethod
    def from_dict(cls, data: Any, *, trusted: bool = False) -> "RunSpec":
        """A spec from what `to_dict` gave, of this version and of those before; missing parts take
        their defaults.

        Args:
            trusted: allow files of this machine to be named (the command line).

        Raises:
            BadSettings, UnknownName: with the nearest known name.
        """
        if not isinstance(data, dict):
            raise BadSettings("A run's settings must be a JSON object.")
        data = dict(up_to_date(data))
        if data.pop("version", VERSION) != VERSION:
            raise BadSettings(f"These settings are of another version; this lab reads {VERSION}.")
        for key in data:
            if key not in PARTS:
                raise BadSettings(f"Unknown setting {key!r}{nearest(key, list(PARTS))}")
        source = CorpusSpec.from_dict(data.get("data", {}))
        if source.name == "file" and not trusted:
            raise BadSettings("Files can be named on the command line only: upload the text here.")
        start = StartSpec.from_dict(data.get("start", {}))
        if not (trusted or start.is_public):
            raise BadSettings(
                "Folders can be named on the command line only: start from a model that ships, or "
                "from a run."
            )
        if source.name not in ("file", "own"):
            corpora[source.name]  # raises UnknownName with the nearest
        codec_name, codec = _named(data.get("codec", {}), "char", tokenizers)
        model_name, model = _named(data.get("model", {}), "transformer", models)
        usual = task_for(model_name, source.holds)
        task_name, task = _named(data.get("task", {}), usual, tasks)
        return cls(
            data=source,
            codec_name=codec_name,
            codec=codec,
            model_name=model_name,
            model=model,
            train=TrainSettings.from_dict(data.get("train", {})),
            budget=Budget.from_dict(data.get("budget", {})),
            seed=data.get("seed", 0),
            fault=data.get("fault", ""),
            task_name=task_name,
            task=task,
            start=start,
        )

    def to_address(self) -> str:
        """Compact JSON of the version and of what differs from the defaults, for a link."""
        full, task = self.to_dict(), self.task.difference()
        if self.task_name != task_for(self.model_name, self.data.holds):
            task |= {"name": self.task_name}
        short = {
            "version": VERSION,
            "task": task,
            "data": full["data"],
            "codec": {"name": self.codec_name, **self.codec.difference()},
            "model": {"name": self.model_name, **self.model.difference()},
            "start": self.start.difference(),
            "train": self.train.difference(),
            "budget": full["budget"],
            "seed": self.seed,
            "fault": self.fault,
        }
        return dumps({k: v for k, v in short.items() if v}, separators=(",", ":"))

    @classmethod
    def from_address(cls, text: str, *, data: CorpusSpec | None = None) -> "RunSpec":
        """A spec from what `to_address` gave; never trusted.

        Args:
            data: what it learns from where the link names nothing.

        Raises:
            BadSettings, UnknownName: what is wrong with it.
        """
        if len(text) > 4000:
            raise BadSettings("This link is too long to hold settings: copy it again.")
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            raise BadSettings("This link is damaged: copy it again.") from None
        if data is not None and isinstance(said, dict):
            said = {"data": data.to_dict()} | up_to_date(said)
        return cls.from_dict(said)

    def with_texts(self, texts: dict[str, str]) -> "RunSpec":
        """A copy with `model.n_layer` (or other dotted names) set from text, as `--set` does."""
        groups: dict[str, dict[str, str]] = {}
        for path, text in texts.items():
            group, _, name = path.partition(".")
            part = CALLED.get(group, group)
            if path == "train.begin":  # as it was called before there was a start
                part, name, text = "start", "origin", BEGIN_OF_1.get(text, text)
            known = part in ("model", "train", "codec", "task", "start") and name
            # The rest of a corpus has options of its own.
            if not known and not (part == "data" and name in ("form", *CLEANING)):
                raise BadSettings(
                    "--set takes model.NAME, train.NAME, tokenizer.NAME, task.NAME or start.NAME, "
                    f"corpus.form, or a rule of cleaning as corpus.lower, not {path!r}."
                )
            groups.setdefault(part, {})[name] = text
        return replace(
            self, **{part: getattr(self, part).with_texts(t) for part, t in groups.items()}
        )


def _named(data: Any, default: str, registry: Any) -> tuple[str, Settings]:
    if not isinstance(data, dict):
        raise BadSettings(f"The {registry.kind} must be a JSON object with a name.")
    data = dict(data)
    name = data.pop("name", default)
    return name, registry[name].settings.from_dict(data)


def text_of(card: dict[str, Any]) -> CorpusSpec:
    """The text that a model learned from, by the card of its checkpoint.

    Raises:
        BadCheckpoint: the card says none; the usual one would be scored as if it were that.
    """
    data = card.get("spec", {}).get("data")
    if not isinstance(data, dict) or "name" not in data:
        raise BadCheckpoint(
            "The card of this model does not say which text it learned from: name a text, or "
            "choose another model."
        )
    return RunSpec.from_dict(card["spec"], trusted=True).data

"""RunSpec: everything that decides what a run does, as one frozen tree. JSON both ways.

Equal specs have equal ids. Only what differs from the defaults goes into an address bar. A spec
that comes from a visitor may name a corpus or a text the visitor gave, never a file of the machine.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

from lm_core.corpora import corpora
from lm_core.doctor.faults import trainer_with
from lm_core.errors import BadSettings, nearest
from lm_core.json_files import dumps
from lm_core.models import models
from lm_core.settings import Settings, setting
from lm_core.tokenizers import Tokenizer, tokenizers
from lm_core.training import Budget, TrainSettings

VERSION = 1


@dataclass(frozen=True)
class CorpusSpec(Settings):
    """Which text. One of a registered corpus, a stored own text, or a file (command line only)."""

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

    def as_read_by(self, tokenizer: Tokenizer) -> "CorpusSpec":
        """The same text with its accents as they stand, for a tokenizer that takes them so."""
        return self if tokenizer.form or self.name != "file" else replace(self, form="none")


@dataclass(frozen=True)
class RunSpec:
    """Corpus, tokenizer, model, training, budget, seed; and for a lesson a `fault`, one of
    `lm_core.doctor.faults.FAULTS`."""

    corpus: CorpusSpec = field(default_factory=CorpusSpec)
    tokenizer_name: str = "char"
    tokenizer: Settings | None = None
    model_name: str = "transformer"
    model: Settings | None = None
    train: TrainSettings = field(default_factory=TrainSettings)
    budget: Budget = field(default_factory=Budget)
    seed: int = 0
    fault: str = ""

    def __post_init__(self) -> None:
        if self.tokenizer is None:
            object.__setattr__(self, "tokenizer", tokenizers[self.tokenizer_name].settings())
        if self.model is None:
            object.__setattr__(self, "model", models[self.model_name].settings())
        if type(self.seed) is not int or not 0 <= self.seed < 2**31:
            raise BadSettings(f"seed must be a whole number from 0 to 2147483647, not {self.seed}.")
        trainer_with(self.fault)  # raises UnknownName with the nearest

    @property
    def task(self) -> str:
        """What is learned: the usual task of the family."""
        return models[self.model_name].build.tasks[0]

    @property
    def id(self) -> str:
        """Twelve hexadecimal digits; equal specs have equal ids."""
        canonical = dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "corpus": self.corpus.difference() | {"name": self.corpus.name},
            "tokenizer": {"name": self.tokenizer_name, **self.tokenizer.to_dict()},
            "model": {"name": self.model_name, **self.model.to_dict()},
            "train": self.train.to_dict(),
            "budget": {k: v for k, v in self.budget.to_dict().items() if v is not None},
            "seed": self.seed,
            **({"fault": self.fault} if self.fault else {}),
        }

    @classmethod
    def from_dict(cls, data: Any, *, trusted: bool = False) -> "RunSpec":
        """The inverse of `to_dict`; missing parts take their defaults.

        Args:
            trusted: allow files of this machine to be named (the command line).

        Raises:
            BadSettings, UnknownName: with the nearest known name.
        """
        if not isinstance(data, dict):
            raise BadSettings("A run's settings must be a JSON object.")
        data = dict(data)
        if data.pop("version", VERSION) != VERSION:
            raise BadSettings(f"These settings are of another version; this lab reads {VERSION}.")
        known = ["corpus", "tokenizer", "model", "train", "budget", "seed", "fault"]
        for key in data:
            if key not in known:
                raise BadSettings(f"Unknown setting {key!r}{nearest(key, known)}")
        corpus = CorpusSpec.from_dict(data.get("corpus", {}))
        if corpus.name == "file" and not trusted:
            raise BadSettings("Files can be named on the command line only: upload the text here.")
        if corpus.name not in ("file", "own"):
            corpora[corpus.name]  # raises UnknownName with the nearest
        token_name, token = _named(data.get("tokenizer", {}), "char", tokenizers)
        model_name, model = _named(data.get("model", {}), "transformer", models)
        return cls(
            corpus=corpus,
            tokenizer_name=token_name,
            tokenizer=token,
            model_name=model_name,
            model=model,
            train=TrainSettings.from_dict(data.get("train", {})),
            budget=Budget.from_dict(data.get("budget", {})),
            seed=data.get("seed", 0),
            fault=data.get("fault", ""),
        )

    def to_address(self) -> str:
        """Compact JSON of what differs from the defaults, for a link."""
        full = self.to_dict()
        short = {
            "corpus": full["corpus"],
            "tokenizer": {"name": self.tokenizer_name, **self.tokenizer.difference()},
            "model": {"name": self.model_name, **self.model.difference()},
            "train": self.train.difference(),
            "budget": full["budget"],
            "seed": self.seed,
            "fault": self.fault,
        }
        return dumps({k: v for k, v in short.items() if v}, separators=(",", ":"))

    @classmethod
    def from_address(cls, text: str) -> "RunSpec":
        """The inverse of `to_address`; never trusted."""
        if len(text) > 4000:
            raise BadSettings("This link is too long to hold settings: copy it again.")
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            raise BadSettings("This link is damaged: copy it again.") from None
        return cls.from_dict(data)

    def with_texts(self, texts: dict[str, str]) -> "RunSpec":
        """A copy with `model.n_layer` (or other dotted names) set from text, as `--set` does."""
        groups: dict[str, dict[str, str]] = {}
        for path, text in texts.items():
            group, _, name = path.partition(".")
            known = group in ("model", "train", "tokenizer") and name
            if not known and path != "corpus.form":  # the rest of it has options of its own
                raise BadSettings(
                    "--set takes model.NAME, train.NAME or tokenizer.NAME, or corpus.form, not "
                    f"{path!r}."
                )
            groups.setdefault(group, {})[name] = text
        return replace(
            self, **{group: getattr(self, group).with_texts(t) for group, t in groups.items()}
        )


def _named(data: Any, default: str, registry: Any) -> tuple[str, Settings]:
    if not isinstance(data, dict):
        raise BadSettings(f"The {registry.kind} must be a JSON object with a name.")
    data = dict(data)
    name = data.pop("name", default)
    return name, registry[name].settings.from_dict(data)

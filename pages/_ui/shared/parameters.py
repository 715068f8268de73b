"""Every parameter of every screen, by name, and what it may hold."""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Kind(Protocol):
    """What a parameter holds."""

    def reads(self, values: Sequence[str]) -> bool:
        """Whether it can be this; most hold exactly one value."""


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    low: int
    high: int

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one] if re.fullmatch("[0-9]{1,15}", one):
                return self.low <= int(one) <= self.high
        return False


@dataclass(frozen=True)
class Number:
    """A number, in the way that people and programs write one."""

    low: float
    high: float

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one] if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,20})?(e-?[0-9]{1,3})?", one):
                return math.isfinite(float(one)) and self.low <= float(one) <= self.high
        return False


@dataclass(frozen=True)
class Switch:
    """On or off."""

    def reads(self, values: Sequence[str]) -> bool:
        return list(values) in (["true"], ["false"])


@dataclass(frozen=True)
class Text:
    """Words of at most so many characters; what they name is looked up by the screen."""

    most: int
    times: int = 1

    def reads(self, values: Sequence[str]) -> bool:
        return len(values) <= self.times and all(len(one) <= self.most for one in values)


@dataclass(frozen=True)
class Id:
    """The id of a run, or the name of a text."""

    def reads(self, values: Sequence[str]) -> bool:
        match list(values):
            case [one]:
                return re.fullmatch("[A-Za-z0-9_-]{1,80}", one) is not None
        return False


@dataclass(frozen=True)
class Json:
    """A JSON object; what it holds is checked by what it is for."""

    most: int

    def reads(self, values: Sequence[str]) -> bool:
        if len(values) != 1 or len(values[0]) > self.most:
            return False
        try:
            return isinstance(json.loads(values[0]), dict)
        except (ValueError, RecursionError):
            return False


LABEL = Text(600)  # of a model, of a view
SEED, HOT = Whole(0, 2**31 - 1), Number(0.0, 2.0)
KINDS: dict[str, Kind] = {
    # of several screens
    **dict.fromkeys(("text", "run", "shared"), Id()),
    "spec": Json(4000),
    "train-model": LABEL,
    "train-budget": LABEL,
    "race": Id(),
    **{f"compare-{one}": LABEL for one in ("part", "ablations", "counted", "over", "budget")},
    "compare-seeds": Whole(1, 3),
    "compare-parameters": Whole(1_000, 100_000_000),
    "compare-families": Text(600, times=20),
    "doctor": Id(),
    "doctor-of": Id(),
    "doctor-model": LABEL,
    "doctor-steps": Text(600, times=20),
    "visitor": Id(),
    "large": Switch(),
    "lesson": Text(6000),  # lm_core.lessons.link.MOST
    "teacher": Id(),
    "language": Text(20),
    "home-text": Text(1000),
    "home-temperature": HOT,
    "explorer-look": LABEL,
    "explorer-search": Text(200),
    "tokenizers-own": Text(2000),
    "tokenizers-look": LABEL,
    "tokenizers-over": LABEL,
    "tokenizers-word": Text(40),
    "tokenizers-signs": Text(30),
    "metrics-part": LABEL,
    "metrics-sides": Whole(1, 8),
    **{f"metrics-side-{i}": Whole(0, 100) for i in range(1, 9)},
    "metrics-came": Text(300),
    "metrics-vocabulary": Whole(1, 100_000),
    "metrics-classes": Text(200),
    "metrics-counts": Text(600),
    "metrics-example": LABEL,
    "metrics-said": Text(1000),
    "metrics-real": Text(1000),
    "metrics-other": Text(1000),
    "metrics-synonyms": Text(300),
    "metrics-lower": Switch(),
    "metrics-smooth": Switch(),
    "metrics-set": LABEL,
    "counting-part": LABEL,
    "counting-look": LABEL,
    "counting-thrown": LABEL,
    "counting-walk": Text(45),
    "counting-draws": SEED,
    "counting-seed": SEED,
    "counting-sides": Whole(2, 7),
    "counting-heads": Number(0.05, 0.95),
    "doctor-view": LABEL,
    "doctor-layers": LABEL,
    "architectures-family": LABEL,
    "architectures-vocabulary": Whole(2, 200_000),
    "architectures-alike": Switch(),
    "settings": Json(2000),
    "averaging-step": LABEL,
    "averaging-words": Text(80),
    "averaging-width": Whole(2, 4),
    "averaging-seed": SEED,
    "averaging-size": Whole(1, 256),
    "averaging-times": Number(0.0, 16.0),
    "averaging-sample": SEED,
    "averaging-mask": Switch(),
    "averaging-places": Switch(),
    "averaging-shuffle": SEED,
    "averaging-model": LABEL,
    "averaging-text": Text(5000),
    "averaging-layer": Whole(1, 1000),
    "averaging-head": Whole(1, 1000),
    "memory-view": LABEL,
    "memory-model": LABEL,
    "memory-text": Text(5000),
    "memory-name": Text(5000),
    "memory-gate": LABEL,
    "memory-layer": Whole(1, 1000),
    "memory-place": LABEL,
    "memory-count-layer": Whole(1, 1000),
    "memory-count-state": LABEL,
    "memory-count-feature": LABEL,
    "layers-view": LABEL,
    "layers-model": LABEL,
    "layers-table": LABEL,
    "layers-dimensions": LABEL,
    "layers-colour": LABEL,
    "layers-way": LABEL,
    "layers-token": LABEL,
    "layers-a": LABEL,
    "layers-b": LABEL,
    "layers-c": LABEL,
    "layers-text": Text(5000),
    "layers-name": Text(5000),
    "layers-measure": LABEL,
    "layers-block": Whole(1, 1000),
    "layers-neuron": Whole(0, 100_000),
    "tensors-view": LABEL,
    "tensors-model": LABEL,
    "tensors-from": LABEL,
    "tensors-text": Text(2000),
    "tensors-name": Text(200),
    "tensors-source": Text(2000),
    "tensors-should": Text(2000),
    "tensors-which": LABEL,
    "tensors-blown": LABEL,
    "tensors-factor": LABEL,
    "tensors-optimizer": LABEL,
    "tensors-number": Whole(1, 20),
    "tensors-parameter": LABEL,
    "attention-model": LABEL,
    "attention-name": Text(5000),
    "attention-text": Text(5000),
    "attention-source": Text(5000),
    "attention-target": Text(5000),
    "attention-view": LABEL,
    "attention-layer": Whole(1, 1000),
    "attention-head": Whole(1, 1000),
    "attention-picture": LABEL,
    "attention-further": LABEL,
    "attention-off": Text(120, times=40),
    "attention-mean": LABEL,
    "attention-way": LABEL,
    "generate_text-model": LABEL,
    "generate_text-prompt": Text(20_000),
    "generate_text-seed": SEED,
    "generate_text-temperature": HOT,
    "generate_text-top_k": Whole(0, 100),
    "generate_text-top_p": Number(0.0, 1.0),
    "generate_text-min_p": Number(0.0, 1.0),
    "generate_text-typical": Number(0.0, 1.0),
    "generate_text-repetition_penalty": Number(0.1, 10.0),
    "generate_text-no_repeat": Whole(0, 100),
    "generate_text-stop_at": Text(100),
    "generate_text-length": Whole(1, 2000),
    "generate_text-look": LABEL,
    "generate_text-branches": Whole(1, 4),
    "generate_text-samples": Whole(2, 8),
    "generate_text-width": Whole(1, 5),
    "generate_text-beam_length": Whole(1, 30),
    "generate_text-penalty": Number(0.0, 2.0),
    "generate_text-beside": Switch(),
    "generate_text-token": Whole(1, 2000),
    "reading-text": Text(2000),
    "reading-names": Text(2000),
    "reading-model": LABEL,
    "reading-beside": LABEL,
    "reading-colour": LABEL,
    "reading-gaps-text": Text(400),
    "reading-gaps-names": Text(400),
    "reading-whole": Switch(),
    "reading-token": Whole(1, 100_000),
    "reading-beside-token": Whole(1, 100_000),
    "tune-view": LABEL,
    "tune-model": LABEL,
    "tune-method": LABEL,
    "tune-budget": LABEL,
    **dict.fromkeys(("tune-seed", "tune-rouge-seed"), SEED),
    **dict.fromkeys(("tune-rank", "tune-prompt"), Whole(1, 1024)),
    "tune-alpha": Number(0.0, 4096.0),
    "tune-targets": LABEL,
    "tune-stabilised": Switch(),
    "tune-prompt-from": LABEL,
    "tune-run": LABEL,
    "tune-rouge-models": Text(600, times=4),
    "tune-rouge-count": Whole(2, 100),
    **{f"ages-{one}": LABEL for one in ("view", "from", "which", "answers")},
    "ages-sample": Whole(0, 9999),
    "ages-person": Whole(0, 9999),
    "ages-age": Whole(1, 90),
    "ages-seed": SEED,
    "ages-number": Whole(1800, 1999),
    "ages-patch": Whole(4, 20),
    "masks-view": LABEL,
    "masks-scene": Whole(1800, 1999),
    "masks-classes": Text(40, times=3),
    "masks-net": LABEL,
    "masks-high": Whole(8, 128),
    "masks-wide": Whole(8, 128),
    "masks-many": Whole(2, 64),
    "masks-which": LABEL,
    "masks-model": LABEL,
    "masks-sure": Number(0.0, 1.0),
    "masks-pixel": Number(0.0, 0.95),
    "quantize-view": LABEL,
    "quantize-model": LABEL,
    "quantize-scheme": LABEL,
    "quantize-matrix": LABEL,
    "quantize-row": Whole(1, 1_000_000),
    "quantize-column": Whole(1, 1_000_000),
    "quantize-only": LABEL,
    "translate-model": LABEL,
    "translate-text": Text(5000),
    "translate-width": Whole(1, 5),
    "translate-penalty": Number(0.0, 2.0),
    "translate-models": Text(600, times=8),
    "translate-reference": Text(5000),
    "translate-without": LABEL,
    "translate-study": LABEL,
    "generate_names-models": Text(600, times=4),
    "generate_names-begins": Text(20),
    "generate_names-temperature": HOT,
    "generate_names-seed": SEED,
    "generate_names-batches": Whole(1, 25),
    "generate_names-name": Text(60),
    "generate_names-scorer": LABEL,
    "lessons-open": LABEL,
    "lesson_builder-of": Text(12_000),
}

BEGINS = {  # how the parameters and keys of a screen begin, where not as its name
    "dataset_explorer": "explorer",
    "from_averaging_to_attention": "averaging",
    "embeddings_and_layers": "layers",
    "fine_tune": "tune",
    "check_machine": "check",
}


def begins(screen: str) -> str:
    """How the parameters of a screen, and the keys of its controls, begin."""
    return f"{BEGINS.get(screen, screen)}-"

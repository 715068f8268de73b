"""A pupil's own list, for less than ten seconds: how much of what a model writes is new, and
whether it looks like the kind.

    new       share of 100 items that are not in the list
    alike     share of the three letters in a row of the new ones that occur in items of the kind
    chance    the same share of letters drawn at random, each as often as the kind has it

Ends of an item count as letters. Takes about four minutes and is therefore not part of `bench all`.
"""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lm_core.bench.list_kinds import KINDS, items
from lm_core.bench.result import Result
from lm_core.errors import LabError
from lm_core.training.settings import Budget

if TYPE_CHECKING:
    from lm_core.runs.prepare import Prepared

SIZES = (20, 60, 300, 3000)
BUDGET = Budget(
    tokens=40_000
)  # two quiet cores read more in ten seconds; so it is the same anywhere
FAMILY = "transformer"  # what the Train screen opens on
WRITTEN, LONGEST = 100, 40  # items; letters of each
KNOWN = 20_000  # items of a kind that say what it looks like
SHOWN = 6  # new ones, as examples


def bench_lists(family: str = FAMILY) -> list[Result]:
    """Two rows for each kind and size, by the settings that the page begins with."""
    return [row for kind in KINDS for size in SIZES for row in measured(kind, size, family=family)]


def measured(
    kind: str, size: int, *, family: str = FAMILY, seed: int = 0, **train: object
) -> Iterator[Result]:
    """Train on a list of that kind and size, and look at what it writes.

    Args:
        train: settings of the training in place of the usual ones.
    """
    given = items(kind, size, seed)
    ready, steps, kept = trained(given, family, seed, **train)
    written = write(ready, seed)
    new = [item for item in written if item and item not in set(given)]
    shapes = trigrams(items(kind, KNOWN, seed + 1))
    about = {
        "model": family,
        "begins_with": ready.spec.start.origin,
        "parameters": ready.model.n_parameters,
        "steps": steps,
        "kept": kept,
        "examples": ", ".join(dict.fromkeys(new[: 2 * SHOWN])),
    }
    name = f"lists_{kind}_{size}"
    yield Result(f"{name}_new", 100 * len(new) / len(written), "% of what it writes", True, about)
    chance = share(scrambled(items(kind, 1000, seed + 2), seed), shapes)
    beside = {"letters_at_random": round(100 * chance, 1)}
    yield Result(f"{name}_alike", 100 * share(new, shapes), "% of trigrams", True, beside)


def trained(
    given: list[str], family: str, seed: int, **train: object
) -> "tuple[Prepared, int, int]":
    """A model of the list, how many steps it took, and the step whose weights were kept."""
    from dataclasses import replace

    from lm_core.runs.prepare import prepare
    from lm_core.runs.presets import default_spec
    from lm_core.runs.spec import CorpusSpec
    from lm_core.training import Trainer
    from lm_core.training.events import Finished

    with tempfile.TemporaryDirectory(prefix="lm-bench-") as folder:
        path = Path(folder) / "list.txt"
        path.write_text("\n".join(given), encoding="utf-8")
        corpus = CorpusSpec(name="file", file=str(path), items=True)
        spec = default_spec(corpus, family, items=True, budget=BUDGET, seed=seed)
        spec = replace(spec, train=replace(spec.train, **train))
        ready = prepare(spec)
    trainer = Trainer(
        ready.task,
        ready.model,
        ready.data,
        settings=spec.train,
        budget=spec.budget,
        seed=seed,
        write=ready.writer(),
    )
    *_, last = trainer.run()
    if not isinstance(last, Finished):
        raise LabError(last.reason)
    return ready, last.step, last.step if last.kept is None else last.kept


def write(ready: "Prepared", seed: int) -> list[str]:
    """WRITTEN items."""
    from lm_core.generation import SamplerSettings, write_text

    return write_text(
        ready.model.eval(),
        ready.tokenizer,
        "",
        max_tokens=LONGEST,
        sampler=SamplerSettings(),
        samples=WRITTEN,
        seed=seed,
        items=True,
    )


def trigrams(given: Iterable[str]) -> Counter[str]:
    """Every three letters in a row, the ends of an item among them."""
    return Counter(f"\n{item}\n"[k : k + 3] for item in given for k in range(len(item)))


def share(given: Iterable[str], known: Counter[str]) -> float:
    """Of all trigrams of these items the share that is `known`; 0 where there are none."""
    found = trigrams(given)
    return sum(n for letters, n in found.items() if letters in known) / max(1, found.total())


def scrambled(given: list[str], seed: int) -> list[str]:
    """Items of the same lengths, each letter drawn from all letters of all of them."""
    letters, generator = "".join(given), random.Random(seed)
    return ["".join(generator.choices(letters, k=len(item))) for item in given]

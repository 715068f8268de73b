"""Four statements on LoRA, held against a study: each holds, does not hold, or cannot be told.

    rate        LoRA's best learning rate is about ten times that of full tuning
    targets     beside the matrices of attention alone it loses to beside all of them
    rank        its rank hardly matters on little text
    batch       larger batches hurt it more than full tuning

Each thing is judged at its own best rate, and two are called apart only where all seeds of one are
better than all of the other. `tools/lora_study.py` makes the table, `checkpoints/studies/` holds
the one that ships.
Source of the statements: Schulman et al. 2025, "LoRA Without Regret"; Hu et al. 2021, "LoRA".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from lm_core.evaluation.study import BETTER, WORSE, beside
from lm_core.figures import percent, significant

FULL, LORA = "full", "lora"
USUAL = {"targets": "all", "rank": "8", "batch": "16"}
LITTLE = 0.1  # of what was gained: less of a difference hardly matters
NEAR_TEN = (10 / 10**0.25, 10 * 10**0.25)  # rates stand half a decade apart: nearest to ten times
HOLDS, FAILS, OPEN = "holds here", "does not hold here", "cannot be told"


@dataclass(frozen=True)
class Tuned:
    """One way of adapting, at each of its rates: nats of the new text, one for each seed."""

    label: str
    before: float  # nats of the model it started from
    by_rate: Mapping[float, tuple[float, ...]]

    @property
    def best_rate(self) -> float:
        return min(self.by_rate, key=lambda rate: fmean(self.by_rate[rate]))

    @property
    def best(self) -> tuple[float, ...]:
        """Of every seed, at that rate."""
        return self.by_rate[self.best_rate]

    @property
    def good_rates(self) -> list[float]:
        """The best one, and all that are not worse than it with every seed."""
        return [rate for rate, nats in self.by_rate.items() if min(nats) <= max(self.best)]

    @property
    def gain(self) -> float:
        """Nats before minus nats after, the mean over the seeds."""
        return self.before - fmean(self.best)

    @property
    def at_the_edge(self) -> bool:
        """Whether a rate that nobody tried may be better still."""
        return self.best_rate in (min(self.by_rate), max(self.by_rate))


@dataclass(frozen=True)
class Statement:
    """What is said, what came of it in a sentence, and what was compared, the base first."""

    title: str
    verdict: str
    told: str
    compared: tuple[Tuned, ...]


def tuned(rows: Iterable[Mapping[str, str]], method: str, **changed: str) -> Tuned:
    """The runs of a method with `USUAL` choices but for those changed.

    Raises:
        ValueError: the study has none.
    """
    here = _runs(rows, method, changed)
    by_rate: dict[float, tuple[float, ...]] = {}
    for row in here:
        rate = float(row["lr"])
        by_rate[rate] = (*by_rate.get(rate, ()), float(row["nats"]))
    said = changed or {"method": method}
    label = ", ".join(TITLES.get((n, v), f"{n} {v}") for n, v in said.items())
    return Tuned(label, float(here[0]["before"]), dict(sorted(by_rate.items())))


def forgotten(rows: Iterable[Mapping[str, str]], method: str) -> float | None:
    """Nats that the old text costs more after it, at the usual choices and the best rate: the mean
    over the seeds; None where it was not measured."""
    rows = list(rows)
    rate = tuned(rows, method).best_rate
    lost = [row["forgotten"] for row in _runs(rows, method, {}) if float(row["lr"]) == rate]
    return fmean(map(float, lost)) if all(lost) else None


def _runs(
    rows: Iterable[Mapping[str, str]], method: str, changed: Mapping[str, str]
) -> list[Mapping[str, str]]:
    """Of a method, with `USUAL` choices but for those changed."""
    wanted = {"method": method} | USUAL | changed
    if method == FULL:
        wanted |= {"targets": "", "rank": ""}
    here = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    if not here:
        raise ValueError(f"no run of {wanted}")
    return here


TITLES = {
    ("method", FULL): "Full tuning",
    ("method", LORA): "LoRA",
    ("targets", "attention"): "Attention alone",
    ("targets", "mlp"): "MLP alone",
    ("targets", "all"): "All matrices",
}


def statements(rows: Iterable[Mapping[str, str]]) -> list[Statement]:
    """All four, in the order of the head of this file."""
    rows = list(rows)
    return [_rate(rows), _targets(rows), _rank(rows), _batch(rows)]


def _rate(rows: list[Mapping[str, str]]) -> Statement:
    full, lora = tuned(rows, FULL), tuned(rows, LORA)
    ratios = [one / other for one in lora.good_rates for other in full.good_rates]
    low, high = NEAR_TEN
    near = [low <= ratio <= high for ratio in ratios]
    verdict = HOLDS if all(near) else OPEN if any(near) else FAILS
    told = (
        f"Full tuning is best at a rate of {full.best_rate:g}, LoRA at {lora.best_rate:g}: "
        f"{significant(lora.best_rate / full.best_rate, 2)} times as much."
    )
    if len(ratios) > 1:
        told += (
            " Other rates are as good within the seeds, so it may be from "
            f"{significant(min(ratios), 2)} to {significant(max(ratios), 2)} times."
        )
    if full.at_the_edge or lora.at_the_edge:
        verdict = OPEN
        told += " One of the two is the last that was tried, and the next might be better."
    return Statement(
        "LoRA's best rate is about ten times that of full tuning", verdict, told, (full, lora)
    )


def _targets(rows: list[Mapping[str, str]]) -> Statement:
    whole = tuned(rows, LORA, targets="all")
    attention, mlp = (tuned(rows, LORA, targets=name) for name in ("attention", "mlp"))
    verdict = {WORSE: HOLDS, BETTER: FAILS, "": OPEN}[beside(attention.best, whole.best)]
    told = (
        f"Beside all matrices it gains {significant(whole.gain, 3)} nats, beside those of "
        f"attention {significant(attention.gain, 3)}, beside those of the MLP "
        f"{significant(mlp.gain, 3)}."
    )
    title = "Beside the matrices of attention alone LoRA loses to beside all"
    return Statement(title, verdict, told, (whole, attention, mlp))


def _rank(rows: list[Mapping[str, str]]) -> Statement:
    ranks = [tuned(rows, LORA, rank=rank) for rank in ("8", "1", "32")]
    gains = [one.gain for one in ranks]
    share = (max(gains) - min(gains)) / max(gains)
    told = (
        f"From rank 1 to rank 32 the gain lies between {significant(min(gains), 3)} and "
        f"{significant(max(gains), 3)} nats: {percent(share)} of the best. Less than "
        f"{percent(LITTLE)} is called little here."
    )
    verdict = HOLDS if share < LITTLE else FAILS
    return Statement("The rank hardly matters on little text", verdict, told, tuple(ranks))


def _batch(rows: list[Mapping[str, str]]) -> Statement:
    """LoRA's loss to full tuning, in nats, for a small batch and for a large one."""
    batches = ("16", "64")
    of = {(m, b): tuned(rows, m, batch=b) for m in (LORA, FULL) for b in batches}
    behind = {
        b: [round(x - y, 6) for x, y in zip(of[LORA, b].best, of[FULL, b].best, strict=True)]
        for b in batches
    }
    verdict = {WORSE: HOLDS, BETTER: FAILS, "": OPEN}[beside(behind["64"], behind["16"])]
    told = (
        "By how many nats LoRA is behind full tuning after equal text: "
        + ", ".join(f"{fmean(behind[b]):.3f} in batches of {b}" for b in batches)
        + "."
    )
    named = [
        Tuned(f"{TITLES['method', m]}, batch {b}", one.before, one.by_rate)
        for (m, b), one in of.items()
    ]
    first = named.pop(0)  # LoRA in batches of 16
    title = "Larger batches hurt LoRA more than full tuning"
    return Statement(title, verdict, told, (first, *named))

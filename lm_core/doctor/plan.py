"""What an examination is to do: which steps, in how many seconds, over which grid."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from lm_core.doctor import grid, rates
from lm_core.errors import BadSettings, nearest

# The steps in order, from number 0, each with its share of the time.
SHARES = {"texts": 0.01, "init": 0.01, "overfit": 0.14, "lr": 0.25, "grid": 0.45, "inside": 0.15}
STEPS = tuple(SHARES)
SECONDS, SHORTEST, LONGEST = 75.0, 2.0, 3600.0


@dataclass(frozen=True)
class Plan:
    """Args:
    steps: some of `STEPS`; they are taken in that order.
    seconds: for all of them together, about.
    rates: compared in the third step, with the one that is set; None for some around what its range
        test says.
    lrs, decays: of the grid; None for rates around the suggested one, and `grid.DECAYS`.
    random: points beside the grid; None for a few where there is time.

    Raises:
        BadSettings: what is unknown or out of range.
    """

    steps: tuple[str, ...] = STEPS
    seconds: float = SECONDS
    rates: tuple[float, ...] | None = None
    lrs: tuple[float, ...] | None = None
    decays: tuple[float, ...] | None = None
    random: int | None = None

    def __post_init__(self) -> None:
        for name in self.steps:
            if name not in STEPS:
                raise BadSettings(f"Unknown step {str(name)[:40]!r}{nearest(name, list(STEPS))}")
        if not self.steps:
            raise BadSettings(f"Choose at least one step of {', '.join(STEPS)}.", "steps")
        object.__setattr__(self, "steps", tuple(name for name in STEPS if name in self.steps))
        if not _number(self.seconds) or not SHORTEST <= self.seconds <= LONGEST:
            raise BadSettings(
                f"seconds must be from {SHORTEST:g} to {LONGEST:g}, not {str(self.seconds)[:40]}.",
                "seconds",
            )
        for name in ("rates", "lrs", "decays"):
            given = getattr(self, name)
            if given is not None and not all(map(_number, given)):
                raise BadSettings(f"{name} must be numbers, not {str(list(given))[:60]}.", name)
        if self.random is not None and type(self.random) is not int:
            said = f"random must be a whole number, not {str(self.random)[:40]}."
            raise BadSettings(said, "random")
        rates.check(self.rates)
        grid.check(
            (1e-3,) if self.lrs is None else self.lrs,
            grid.DECAYS if self.decays is None else self.decays,
            self.random or 0,
        )

    @classmethod
    def from_dict(cls, options: dict[str, Any]) -> "Plan":
        """From plain JSON; what is missing, or null, takes its default."""
        known = [field.name for field in fields(cls)]
        for key in options:
            if key not in known:
                raise BadSettings(f"Unknown option {str(key)[:40]!r}{nearest(key, known)}")
        given = {key: value for key, value in options.items() if value is not None}
        for key in {"steps", "rates", "lrs", "decays"} & set(given):
            if not isinstance(given[key], list | tuple):
                raise BadSettings(f"{key} must be a list, not {str(given[key])[:60]}.")
            given[key] = tuple(given[key])
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def listed(text: str, name: str) -> list[float] | None:
    """`0.01, 0.03` as numbers; None where nothing is written.

    Raises:
        BadSettings: something else is, of the option of this `name`.
    """
    try:
        return [float(word) for word in text.replace(",", " ").split()] or None
    except ValueError:
        said = f"Write numbers with commas between them, not {text[:40]!r}."
        raise BadSettings(said, name) from None


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

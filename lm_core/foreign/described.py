"""Reading what another program says of its model: each value is there, and of its form, or a
sentence says which is not."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from lm_core.errors import BadCheckpoint

NO_MATCH = "The weights and the description of this model do not fit each other: get both again."


def whole(config: Mapping[str, Any], *names: str, usual: int | None = None) -> int:
    """A whole number above 0 that goes by one of these names.

    Raises:
        BadCheckpoint: it is missing and has no usual value, or is none.
    """
    value = next((config[name] for name in names if config.get(name) is not None), usual)
    if type(value) is not int or value < 1:
        raise BadCheckpoint(
            f"The description of this model has no whole number for {names[0]}: get it again."
        )
    return value


def number(config: Mapping[str, Any], name: str, *, usual: float) -> float:
    """A number, or the usual one where it is missing.

    Raises:
        BadCheckpoint: it is none.
    """
    value = config.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadCheckpoint(
            f"The description of this model has no number for {name}: get it again."
        )
    return float(value)


def refuse_others(config: Mapping[str, Any], known: Mapping[str, Any], program: str) -> None:
    """What our Transformer does not do must be off.

    Args:
        known: name -> the only value that is read here; a missing one is that.
        program: whose model it is, in words.

    Raises:
        BadCheckpoint: says which.
    """
    for name, value in known.items():
        given = config.get(name)
        if given is not None and given != value:
            raise BadCheckpoint(
                f"This {program} has {name} {str(given)[:40]}, which this lab does not compute: "
                "choose another model."
            )


def halves(weight: Tensor, n_head: int) -> Tensor:
    """Rows (H D, n) of queries or keys of a program that turns neighbours (2d, 2d + 1), in the
    order of one that turns (d, d + D/2), as this lab does."""
    pairs = weight.unflatten(0, (n_head, -1, 2))  # (H, D/2, 2, n)
    return pairs.transpose(1, 2).reshape(weight.shape)

"""A batch followed through a model, its weights blown up where that is asked for; kept a while."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models

if TYPE_CHECKING:
    from lm_core.inspection.atlas import Atlas, Facts
    from pages._ui.tensors.batch import Batch

NOTHING, ALL = "Nothing", "All weights"
FACTORS = {"1": 1.0, "10⁵": 1e5, "10¹⁰": 1e10, "10²⁰": 1e20, "10³⁰": 1e30, "10³⁸": 1e38}
NAN = "NaN"


@dataclass(frozen=True, eq=False)
class Followed:
    """An atlas, and the figures of each of its tensors in order."""

    atlas: "Atlas"
    facts: list["Facts"]


def follow(choice: models.Choice, batch: "Batch", blown: str, factor: str) -> Followed:
    """Through the model as it is, or through a private copy of it.

    Args:
        blown: NOTHING, ALL or the name of a parameter.
        factor: one of FACTORS, or NAN.

    Raises:
        LabError: it cannot be read so, or it has no such weight.
    """
    key = (str(choice.folder), models.stamp(choice), batch.key, blown, factor)
    return _follow(*key, models.load(choice).model, batch)


@st.cache_resource(max_entries=8, show_spinner="Following the batch …")
def _follow(
    folder: str,
    stamp: float,
    key: tuple,
    blown: str,
    factor: str,
    _model: Any,
    _batch: "Batch",
) -> Followed:
    from lm_core.inspection import atlas
    from lm_core.inspection.damage import blown_up
    from lm_core.inspection.letters import with_letters

    model = _model
    if blown != NOTHING:
        by = float("nan") if factor == NAN else FACTORS[factor]
        model = blown_up(model, None if blown == ALL else blown, by)
    given = (_batch.idx, _batch.written)
    found = with_letters(model, atlas.follow(model, *given), *given)
    return Followed(found, [atlas.facts(made.tensor) for made in found.entries])


def breaking(choice: models.Choice, batch: "Batch") -> tuple[str, str] | None:
    """A parameter and a factor that end in NaN or infinity; None where none does."""
    from lm_core.inspection import atlas, damage

    model = models.load(choice).model
    found = damage.breaking(model, lambda twin: atlas.follow(twin, batch.idx, batch.written))
    if found is None:
        return None
    names = {value: name for name, value in FACTORS.items()}
    return found[0], names[found[1]]

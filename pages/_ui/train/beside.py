"""What the server does beside its pages: one registry of background commands for all visitors."""

from typing import TYPE_CHECKING

from pages._ui.shared.once import once

if TYPE_CHECKING:
    from lm_core.runs.aside import Asides

EVERY = 0.5  # seconds between two looks at one that goes on


@once
def asides() -> "Asides":
    from lm_core.runs.aside import Asides

    return Asides()

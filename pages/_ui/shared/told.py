"""What is wrong with a setting is told beside its control, in the words of its label."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lm_core.errors import BadSettings, LabError
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


class Told(LabError):
    """It was told beside its control already; a button that waits for it may say it once more."""


def beside(
    error: BadSettings, places: "Mapping[str, DeltaGenerator]", titles: Mapping[str, str]
) -> None:
    """Tell it at the first of its settings that has a place here.

    Args:
        places: name of a setting -> where its control stands.
        titles: name of a setting -> the label of its control.

    Raises:
        Told: always, but for an error that is about none of these: that one is raised again.
    """
    for name in error.settings:
        if name in places:
            said = error.called(titles)
            places[name].error(plain(said))
            raise Told(said) from None
    raise error

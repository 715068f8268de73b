"""The models that can be adapted, and how a run names each."""

from typing import TYPE_CHECKING

from pages._ui.shared import models

FIRST_TEXT = "speeches"  # that is offered to adapt to

if TYPE_CHECKING:
    from pages._ui.shared.models import Choice


def bases() -> "list[Choice]":
    """Networks that guess the tokens of a text: those that ship first, and of them first those of
    running text that is not the one a visitor finds chosen; then somebody else's."""
    from lm_core.models import models as families

    found = models.shipped() + models.foreign() + models.own()
    kept = [c for c in found if c.of_tokens and families[c.family].build.learns_by == "gradient"]

    def place(choice: "Choice") -> tuple[int, bool, bool]:
        kind = 0 if choice.folder.parent == models.SHIPPED else 1 if choice.foreign else 2
        return kind, choice.items, choice.corpus == FIRST_TEXT

    return sorted(kept, key=place)


def named(choice: "Choice") -> str:
    """How a run says that it starts from this model."""
    from lm_core.runs.spec import A_RUN

    if choice.folder.parent == models.SHIPPED:
        return choice.folder.name
    return choice.foreign or f"{A_RUN}{choice.folder.parent.name}"

"""The token that is asked about, and what stood before it."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lm_core.visible import visible
from pages._ui.shared import models

if TYPE_CHECKING:
    from lm_core.checkpoints import Checkpoint

LOOKED_AT = 300  # characters of the text that a link to another screen takes along


@dataclass(frozen=True)
class Asked:
    """One token of a text that a model wrote or read."""

    choice: models.Choice
    checkpoint: "Checkpoint" = field(repr=False)
    seen: list[int]  # what the model saw when it guessed it, the oldest first
    id: int
    before: str  # the text before it, or of an item what stands before it there
    here: str  # its own letters
    key: str  # what the widgets' keys begin with

    @property
    def token(self) -> str:
        return self.checkpoint.tokenizer.token_text(self.id)

    @property
    def name(self) -> str:
        """The token with a sign for what cannot be seen."""
        return visible(self.token)

    def link(self, screen: str, label: str, *, whole: bool = False) -> dict[str, str]:
        """The address of a screen that looks into a model called `label` there, at the end of the
        text before the token, or with the token: the `whole` of it."""
        text = self.before + self.here * whole
        if len(text) > LOOKED_AT:  # from a word on
            text = text[-LOOKED_AT:].partition(" ")[2]
        kind = "name" if self.choice.items else "text"
        return {f"{screen}-model": label, f"{screen}-{kind}": text}

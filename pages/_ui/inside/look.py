"""What is looked at on the Attention screen, as its further parts take it up."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages._ui.inside.sides import Reading, Side
from pages._ui.shared import models

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.checkpoints import Checkpoint
    from lm_core.inspection.parts import Part
    from lm_core.tokenizers import Tokenizer

FURTHER, SWITCH = "attention-further", "Switch off"  # which part is open, and one of them


@dataclass(frozen=True, eq=False)
class Look:
    """A model, the texts it read, and the head that is shown large."""

    choice: models.Choice
    checkpoint: "Checkpoint"
    reading: Reading
    side: Side
    layer: int  # from 0
    head: int  # from 0
    text: str  # that was typed; of a translator the source
    target: str  # that was typed, "" for what the model writes by itself

    @property
    def key(self) -> tuple[str, float]:
        """Which weights these are."""
        return str(self.choice.folder), models.stamp(self.choice)

    @property
    def tokenizer(self) -> "Tokenizer":
        """Of what is written."""
        return self.checkpoint.codec.target if self.choice.of_pairs else self.checkpoint.tokenizer

    @property
    def ids(self) -> "Tensor | None":
        """(T,) that the head of the model guesses from; None where no view is of it."""
        from lm_core.inspection.views import OWN

        side = self.reading.sides.get(OWN)
        return None if side is None else side.view.ids

    @property
    def source(self) -> "Tensor | None":
        """(S,) that is translated; None of a model of one text."""
        from lm_core.inspection.views import OTHER

        return self.reading.sides[OTHER].view.ids if self.choice.of_pairs else None

    def part(self) -> "Part | None":
        """The head that is shown large, as a part of the model."""
        from lm_core.inspection.parts import parts_of
        from lm_core.inspection.views import view_of

        place = self.layer, self.head
        found = (p for p in parts_of(self.checkpoint.model) if (p.layer, p.head) == place)
        return next((p for p in found if view_of(p.path) == self.side.name), None)

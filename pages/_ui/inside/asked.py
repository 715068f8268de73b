"""One place of a text at which a model is asked what it guesses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.inside.look import Look
from pages._ui.shared.numbered import choose

if TYPE_CHECKING:
    from torch import Tensor

    from lm_core.models.contract import Model
    from lm_core.tokenizers import Tokenizer

AT, OF = "attention-at", "attention-at-of"


@dataclass(frozen=True, eq=False)
class Asked:
    """Ids as the model reads them, and whose guess is looked at."""

    ids: "Tensor"  # (T,); at the place itself hidden from a model that reads both sides
    at: int
    source: "Tensor | None"
    tokenizer: "Tokenizer"

    def logits(self, model: "Model") -> "Tensor":
        """(V,)"""
        import torch

        idx = self.ids.view(1, -1)
        with torch.inference_mode():
            if self.source is None:
                return model(idx)[0][0, self.at]
            return model.answer(self.source.view(1, -1), idx)[0, self.at]

    def name(self, id: int) -> str:
        """The text of a token."""
        return self.tokenizer.token_text(id)


def ask(look: Look) -> Asked:
    """A choice of the place: at first the end of a text, the begin of a translation."""
    import torch

    from lm_core.inspection.views import OWN

    side, causal = look.reading.sides[OWN], look.choice.of_pairs or look.checkpoint.model.causal
    last = len(side.rows) - 1
    begin = 0 if look.choice.of_pairs else last if causal else last // 2
    of = (str(look.choice.folder), look.text, look.target)
    if st.session_state.setdefault(OF, of) != of:
        st.session_state[OF], st.session_state[AT] = of, begin
    label = "Its guess after" if causal else "Its guess in the place of"
    at = choose(label, side.rows, key=AT, default=begin)
    ids = look.ids
    if not causal:
        ids = torch.where(torch.arange(len(ids)) == at, look.checkpoint.model.mask_id, ids)
    return Asked(ids, at, look.source, look.tokenizer)

"""Step 0, before any model: are the training text and the validation text two?

What stands in both was read before it is asked about, and the validation loss is flattered by it.
Whatever the later steps find is measured against that loss, so this is asked first.
"""

from dataclasses import dataclass
from typing import Any

from lm_core.doctor.judging_texts import LEAKED_NOTE, leak
from lm_core.doctor.patient import Patient
from lm_core.doctor.texts import TextFacts, facts_of
from lm_core.doctor.verdicts import NOTE, OK, Verdict
from lm_core.figures import percent


@dataclass(frozen=True)
class Doubles:
    """What was counted, and how far doubles are fine."""

    facts: TextFacts

    def data(self) -> dict[str, Any]:
        """For a picture: shares of 1; `leaked` None where there was nothing to look for. `window`
        is how many tokens a piece has, 0 for items."""
        facts = self.facts
        return {
            "leaked": facts.leaked,
            "looked_for": facts.looked_for,
            "window": facts.window,
            "fine": LEAKED_NOTE,
        }

    def verdict(self) -> Verdict:
        """As of a run that was trained on these texts."""
        facts = self.facts
        if facts.leaked is None:
            return Verdict(
                "doubles_not_counted",
                NOTE,
                "There is no validation text, or too little, to look for what stands in both.",
                "Give more text.",
            )
        what = f"pieces of {facts.window} tokens" if facts.window else "items"
        return leak(facts) or Verdict(
            "splits_apart",
            OK,
            f"Of {facts.looked_for:,} {what} of the validation text {percent(facts.leaked)} stand "
            f"in the training text word for word; at most {percent(LEAKED_NOTE)} is fine.",
        )


def doubles(patient: Patient) -> Doubles:
    """Count what the splits share, as the patient would be trained on them."""
    return Doubles(facts_of(patient.read, patient.vocab_size))

"""What a run that started from a trained model has won and lost, against that model."""

from dataclasses import dataclass

from lm_core.adapt.gain import Change, change
from lm_core.checkpoints import task_said
from lm_core.corpora import corpora, to_be_fetched
from lm_core.errors import LabError
from lm_core.models.contract import LanguageModel
from lm_core.runs.prepare import Prepared, prepare
from lm_core.runs.spec import RunSpec, text_of
from lm_core.runs.starting import started


@dataclass(frozen=True)
class Outcome:
    """Both in nats per token; None where a text has no validation split, or is not here."""

    gain: Change | None  # on the new text; None too where another task was learned
    forgetting: Change | None  # on the old one
    why: str = ""  # nothing can be said of forgetting, a sentence


def outcome(prepared: Prepared, model: LanguageModel, *, most: int | None = None) -> Outcome:
    """Measure both by the validation splits, or parts of them of about `most` tokens.

    Raises:
        BadCheckpoint: the model that it started from is not here any more.
    """
    base = started(prepared.spec)
    if task_said(base.meta) != prepared.spec.task_name:
        return Outcome(None, None)
    gain = change(base.model, model, prepared.data, most=most)
    why = ""
    try:
        old_text = text_of(base.meta)
        if to_be_fetched(old_text.name):  # nothing is fetched for this
            title = corpora[old_text.name].title
            return Outcome(gain, None, f"The old text, {title}, is not on this machine.")
        old = prepare(RunSpec.from_dict(base.meta.get("spec", {}), trusted=True))
        alike = old.codec.cuts_like(prepared.codec)  # the old text is cut as it was
        lost = change(base.model, model, old.data, most=most) if alike else None
        if lost is None:
            why = "The old text is cut otherwise now." if not alike else "None of it was kept."
    except LabError as error:  # the old text is on another machine, deleted, or not said
        lost, why = None, str(error)
    return Outcome(gain, lost, why)

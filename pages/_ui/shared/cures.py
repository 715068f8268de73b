"""What was found in a run, in words, and the settings that mend it."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.doctor.judgement import Finding
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import RunStore

BADGES = {"alarm": ("mend this", "red"), "note": ("worth knowing", "blue"), "ok": ("fine", "green")}


def verdicts_over(store: "RunStore", run: str) -> "list[Finding]":
    """The last word on each matter of a run, the gravest first. Whose run it is must have been
    asked before."""
    from lm_core.doctor.judgement import last_words
    from lm_core.training.events import Diagnosed

    return last_words(store.since(Diagnosed, run))


def said(row: dict[str, Any]) -> str:
    """What was found, and in bold what to do."""
    return f"{plain(row['text'])} **{plain(row['cure'])}**".removesuffix(" ****")


def mended(spec: "RunSpec", control: str, code: str) -> "tuple[RunSpec, str]":
    """The spec with the setting that mends it changed, and the words of the button. Where no value
    can be told, the spec stays as it is.

    Raises:
        BadSettings: there is no such setting in this run.
    """
    from lm_core.errors import BadSettings

    part, _, name = control.partition(".")
    settings = getattr(spec, part, None) if part in ("train", "model", "codec", "start") else None
    if settings is None or name not in {field.name for field in fields(settings)}:
        raise BadSettings(f"This run has no setting {control}.")
    now = getattr(settings, name)
    better = _of_case(spec, part, name)
    better = _better(spec, settings, name, code) if better in (None, now) else better
    title = title_of(spec, control).lower()
    if better is None or better == now:
        return spec, f"Start again with another {title}"
    shown = f"{better:.3g}" if isinstance(better, float) else better
    shown = "" if better is True else f" {shown}"  # a box is ticked
    changed = replace(settings, **{name: better})
    return replace(spec, **{part: changed}), f"Start again with {title}{shown}"


def title_of(spec: "RunSpec", control: str) -> str:
    """What the widgets call a setting: "train.lr" -> "Learning rate"."""
    part, _, name = control.partition(".")
    return next(f.metadata["title"] for f in fields(getattr(spec, part)) if f.name == name)


def _of_case(spec: "RunSpec", part: str, name: str) -> Any:
    """What its card in the gallery mends it with; None where it is no case of it."""
    from lm_core.runs.gallery import case_of

    case = case_of(spec)
    return getattr(getattr(case.repaired, part), name) if case else None


def _better(spec: "RunSpec", settings: Any, name: str, code: str) -> Any:
    """A value to try next: of a rate the family's own or, where that is no better, a tenth of it
    (ten times one that is too low), half of what is too large, the lab's own value of what was
    changed from it; None where nobody can tell."""
    from lm_core.runs.recipes import PATIENCE

    field = next(f for f in fields(settings) if f.name == name)
    now, low, high = getattr(settings, name), field.metadata["low"], field.metadata["high"]
    if name == "lr":
        raised, own = "low" in code, _own_rate(spec)
        if own is not None and (own > now if raised else own < now):
            return own
        return min(max(now * (10 if raised else 0.1), low), high)
    if name in ("batch_size", "block_size"):
        return max(now // 2, low)
    if name == "patience":
        return PATIENCE
    if name == "grad_clip":
        return 1.0
    return field.default if now != field.default else None


def _own_rate(spec: "RunSpec") -> float | None:
    """The rate that the family starts with on such a text; None where that is another optimizer's
    and so means something else."""
    from lm_core.runs.presets import default_spec

    own = default_spec(
        spec.data, spec.model_name, tokenizer=spec.codec_name, budget=spec.budget
    ).train
    return own.lr if own.optimizer == spec.train.optimizer else None

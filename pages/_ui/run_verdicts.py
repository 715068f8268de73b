"""What the lab noticed about a run, in plain words, each with a button that fills in the cure."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.plain import plain
from pages._ui.train_form import fill

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec
    from lm_core.runs.store import Run, RunStore

ORDER = ("alarm", "note", "ok")
BADGES = {"alarm": ("mend this", "red"), "note": ("worth knowing", "blue"), "ok": ("fine", "green")}


def verdicts_over(store: "RunStore", run: str) -> list[dict[str, Any]]:
    """The last word on each matter of a run, the gravest first. Whose run it is must have been
    asked before."""
    from lm_core.training.events import Diagnosed

    return noticed(store.since(Diagnosed, run))


def verdicts(run: "Run", found: list[dict[str, Any]]) -> None:
    """All that was `found`, what has to be mended first; what is fine folded away."""
    bad = [row for row in found if row["severity"] != "ok"]
    fine = [row for row in found if row["severity"] == "ok"]
    if not found:
        return
    with st.container(border=True, key="train-verdicts"):
        if not bad:
            st.caption("Nothing is wrong with this run as far as the lab has looked.")
        for row in bad:
            _verdict(run, row)
        if fine:
            with st.popover(f"What is fine: {len(fine)}", type="tertiary", key="train-fine"):
                for row in fine:
                    st.caption(f"{plain(row['text'])} (step {row['step']:,})")


def noticed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of rows in order of step the last of each code, the gravest first."""
    last = {row["code"]: row for row in rows}
    return sorted(last.values(), key=lambda row: (ORDER.index(row["severity"]), row["step"]))


def said(row: dict[str, Any]) -> str:
    """What was found, and in bold what to do."""
    return f"{plain(row['text'])} **{plain(row['cure'])}**".removesuffix(" ****")


def _verdict(run: "Run", row: dict[str, Any]) -> None:
    from lm_core.errors import LabError
    from lm_core.runs.spec import RunSpec

    label, color = BADGES[row["severity"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap="xsmall", width="stretch"):
            st.badge(f"{label}, step {row['step']:,}", color=color)
            st.markdown(said(row))
        if not row["control"]:
            return
        try:
            spec, words = mended(RunSpec.from_dict(run.spec), row["control"], row["code"])
        except LabError:  # a setting of another version
            return
        pressed = st.button(
            words,
            key=f"train-mend-{row['code']}",
            on_click=fill,
            args=(spec, title_of(spec, row["control"])),
        )
        if pressed:
            st.rerun()  # the whole page: the form is at its top


def mended(spec: "RunSpec", control: str, code: str) -> "tuple[RunSpec, str]":
    """The spec with the setting that mends it changed, and the words of the button. Where no value
    can be told, the spec stays as it is.

    Raises:
        BadSettings: there is no such setting in this run.
    """
    from lm_core.errors import BadSettings

    part, _, name = control.partition(".")
    settings = getattr(spec, part, None) if part in ("train", "model", "tokenizer") else None
    if settings is None or name not in {field.name for field in fields(settings)}:
        raise BadSettings(f"This run has no setting {control}.")
    now = getattr(settings, name)
    better = _better(settings, name, now, code)
    title = title_of(spec, control).lower()
    if better is None or better == now:
        return spec, f"Start again with another {title}"
    shown = f"{better:.3g}" if isinstance(better, float) else better
    changed = replace(settings, **{name: better})
    return replace(spec, **{part: changed}), f"Start again with {title} {shown}"


def title_of(spec: "RunSpec", control: str) -> str:
    """What the widgets call a setting: "train.lr" -> "Learning rate"."""
    part, _, name = control.partition(".")
    return next(f.metadata["title"] for f in fields(getattr(spec, part)) if f.name == name)


def _better(settings: Any, name: str, now: Any, code: str) -> Any:
    """A value to try next: a tenth of a rate (ten times one that is too low), half of what is too
    large, the lab's own value of what was changed from it; None where nobody can tell."""
    field = next(f for f in fields(settings) if f.name == name)
    low, high = field.metadata["low"], field.metadata["high"]
    if name == "lr":
        return min(max(now * (10 if "low" in code else 0.1), low), high)
    if name in ("batch_size", "block_size"):
        return max(now // 2, low)
    if name == "dropout":
        return 0.2 if now < 0.2 else None
    if name == "weight_decay" and "overfit" in code:
        return min(max(3 * now, 0.1), high)
    if name == "grad_clip":
        return 1.0
    return field.default if now != field.default else None

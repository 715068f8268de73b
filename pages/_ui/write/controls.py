"""How the next token is chosen and where a text ends: all that the command line has, the rarely
used ones folded away."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from lm_core.generation import SamplerSettings

LENGTH = 160  # tokens that Write writes
MOST = 2000
USUAL = {"temperature": (2.0, 0.05), "top_k": (100, 1), "top_p": (1.0, 0.01)}  # most, step
SHARES = {"min_p": 0.01, "typical": 0.01}  # step
COUNTS = {"repetition_penalty": 0.05, "no_repeat": 1}
BIND = "query-params"


@dataclass(frozen=True)
class Controls:
    """What the widgets say."""

    sampler: "SamplerSettings"
    stop: str  # the text ends after it; "" nowhere
    length: int  # tokens at a time


def controls() -> Controls:
    """The widgets, from the fields of SamplerSettings."""
    from lm_core.generation import SamplerSettings

    default = SamplerSettings(temperature=0.8)
    meta = {name: f.metadata for name, f in SamplerSettings.__dataclass_fields__.items()}
    values = {}

    def slider(name: str, most: float, step: float) -> None:
        of = meta[name]
        values[name] = st.slider(
            of["title"],
            type(most)(of["low"]),
            most,
            getattr(default, name),
            step,
            key=f"generate_text-{name}",
            bind=BIND,
            help=of["help"],
        )

    for column, (name, (most, step)) in zip(st.columns(3), USUAL.items(), strict=True):
        with column:
            slider(name, most, step)
    with st.expander("More controls", key="generate_text-more"):
        columns = st.columns(2)
        for column, (name, step) in zip(columns, SHARES.items(), strict=True):
            with column:
                slider(name, 1.0, step)
        for column, (name, step) in zip(columns, COUNTS.items(), strict=True):
            of, kind = meta[name], type(step)
            values[name] = column.number_input(
                f"{of['title']} ({of['unit']})" if of.get("unit") else of["title"],
                kind(of["low"]),
                kind(of["high"]),
                getattr(default, name),
                step,
                key=f"generate_text-{name}",
                bind=BIND,
                help=of["help"],
            )
        stop = columns[0].text_input(
            "Stop at",
            key="generate_text-stop_at",
            bind=BIND,
            max_chars=100,
            help="Writing ends once it has written these characters. \\n is a line end.",
        )
        length = columns[1].number_input(
            "Length (tokens)",
            1,
            MOST,
            LENGTH,
            key="generate_text-length",
            bind=BIND,
            help="How many tokens Write, each sample and each branch have at most.",
        )
    return Controls(SamplerSettings(**values), stop.replace("\\n", "\n"), int(length))


def said(sampler: "SamplerSettings") -> str:
    """The settings that change something: "temperature 0.8, top-k 20"."""
    from lm_core.generation import SamplerSettings

    plain, words = SamplerSettings(), [f"temperature {sampler.temperature:g}"]
    for name, field in SamplerSettings.__dataclass_fields__.items():
        value, of = getattr(sampler, name), field.metadata
        if name != "temperature" and value != getattr(plain, name):
            unit = f" {of['unit']}" if of.get("unit") else ""
            words.append(f"{of['title'].lower()} {value:g}{unit}")
    return ", ".join(words)

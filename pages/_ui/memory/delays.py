"""Long memory: three made texts, and how surely each family still knows after a delay."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.models import SHIPPED
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart
from pages._ui.shared.switch import switch

if TYPE_CHECKING:
    from lm_core.charts.long_memory import Delays
    from lm_core.evaluation.long_memory_file import LongMemoryFile

FILE = SHIPPED / "memory" / "long_memory.json"
TASK = "memory-task"


@st.cache_data(max_entries=2, show_spinner=False)
def shipped(changed: float) -> "LongMemoryFile":
    """Raises BadCheckpoint where it is not there, or damaged."""
    from lm_core.evaluation.long_memory_file import read_long_memory

    return read_long_memory(FILE)


def delays() -> None:
    """Success by delay of every family, from the file that ships."""
    from lm_core.charts.long_memory import read_delays, success_by_delay
    from lm_core.charts.words import count
    from lm_core.corpora.long_memory import MADE, recalls

    file = shipped(FILE.stat().st_mtime if FILE.exists() else 0.0)
    st.write(
        "Texts made by rule, that only who remembers can end. What has to be remembered stands at "
        "the beginning, what is asked at the end, and in between a number of characters that do "
        "not help: the delay. For each delay a small model of each family learned such a text from "
        "nothing, and was then asked for answers to prompts that were not in it."
    )
    task = switch("Text", {name: MADE[name].title for name in file.tasks}, key=TASK)
    st.write(MADE[task].idea)
    first = min(next(iter(file.of(task))).shares)
    examples = [one for delay in (first, 4 * first) for one in recalls(task, delay, 2, seed=1)]
    lines = [f"{one.prompt}  →  {one.answer}" for one in examples]
    st.code("\n".join(lines), language=None)
    families = grouped(file, task)
    title = f"{MADE[task].title}: right answers by delay"
    chart = success_by_delay(families, title=title, guessing=file.guessing[task])
    show_chart(chart, key="memory-delays")
    seeds = len(next(iter(families[0].shares.values())))
    st.caption(
        f"A line is the mean of {count(seeds, 'seed')}, a bar goes from the lowest to the highest "
        "of them. Delays double from mark to mark."
    )
    st.markdown(f"**What to notice:** {plain(read_delays(families))}")
    _how(file, task)


def grouped(file: "LongMemoryFile", task: str) -> "list[Delays]":
    """The seeds of each family together."""
    from lm_core.charts.long_memory import Delays
    from lm_core.models import models

    found: dict[str, dict[int, list[float]]] = {}
    for one in file.of(task):
        for delay, share in one.shares.items():
            found.setdefault(one.family, {}).setdefault(delay, []).append(share)
    return [Delays(models[family].title, family, shares) for family, shares in found.items()]


def _how(file: "LongMemoryFile", task: str) -> None:
    """How it was measured, and how to measure it again."""
    from lm_core.charts.words import count, how_long
    from lm_core.models import models

    with st.expander("How it was measured"):
        how, machine = file.how, file.machine
        sizes = {one.family: one.parameters for one in file.of(task)}
        named = ", ".join(f"{models[family].title} {n:,}" for family, n in sizes.items())
        spent = sum(one.cpu_seconds for one in file.results)
        asked = ", ".join(f"{n} at {delay}" for delay, n in file.asked[task].items())
        st.markdown(
            f"Each model took {how['steps']:,} steps of {how['batch_size']} rows, and learned from "
            "the characters of the answers alone, as those before were drawn by chance. "
            f"Parameters: {plain(named)}. Prompts asked: {plain(asked)}. All texts together "
            f"{count(len(file.results), 'row')} of models and {how_long(spent)} of one core "
            f"({plain(machine.get('processor', ''))}, torch {plain(machine.get('torch', ''))}). "
            "More steps would carry each family further: what is compared is how soon each finds "
            "out, with the same steps."
        )
        st.code(file.command, language="bash")

"""What tabs hold is given back when they are closed. Streamlit keeps the last 128 of them for two
minutes, for a network that comes back; whoever comes after those finds the memory of the first."""

import asyncio
from pathlib import Path

import pytest

from lm_core.machine import family_memory
from tests.waiting import PATIENCE
from tools.lab_server import LabServer
from tools.visitor import Visitor

SCREENS = ("Architectures", "Dataset explorer", "Generate names", "Compare")
AT_ONCE, STORED = 16, 128


async def _tab(url: str) -> None:
    async with Visitor(url) as visitor:
        await visitor.open("train")
        for screen in SCREENS:
            await visitor.go(screen)


async def _tabs(url: str) -> None:
    for _ in range(STORED // AT_ONCE):
        await asyncio.gather(*(_tab(url) for _ in range(AT_ONCE)))


@pytest.mark.slow
def test_the_memory_of_closed_tabs_is_there_for_those_that_come(tmp_path: Path) -> None:
    with LabServer(tmp_path, seconds=PATIENCE) as lab:
        held = []
        for _ in range(4):
            asyncio.run(_tabs(lab.url))
            held.append(family_memory(lab.process) or 0)
    before, after = held[1], held[3]  # 128 tabs are stored at both
    assert before > 0
    assert after < 1.05 * before, held

"""The recipe of seed 002 in six steps: its own numbers, and where each step is taken here."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import session
from pages._ui.shared.open_run import EXAMINED
from pages._ui.shared.starting import train_or_fill

if TYPE_CHECKING:
    from lm_core.runs.spec import RunSpec

FEW, AT_A_TIME, EPOCHS = 1000, 5, 5  # pictures, in a batch, times each: of the second step
RATES = (0.001, 0.0005, 0.0001)  # of the third; the first of them is that of the second, too
GRID, DECAYS = (0.0005, 0.0008, 0.001), (1e-4, 1e-5, 0.0)  # rates times decays, of the fourth
SECONDS = 300.0  # for the Doctor: 300 steps in each cell of a residual CNN


def recipe(name: str, usual: "Callable[[], RunSpec]") -> None:
    """The steps in words, and two buttons: the second step as a run, and one to four as an
    examination.

    Args:
        name: of the network.
        usual: gives its usual run.
    """
    with st.expander("The recipe in six steps, with the Doctor"):
        st.markdown(
            "1. **The loss before training**, on one batch: does the forward pass work, and does "
            "it begin near who always says the mean?\n"
            "2. **A few pictures learned by heart**: can it learn at all? 1,000 pictures, five at "
            "a time, five epochs in the source: the button below starts that run. The Doctor takes "
            "eight of them.\n"
            "3. **Rates**, a short training each: 0.001, 0.0005 and 0.0001.\n"
            "4. **A grid** of rates 0.0005, 0.0008, 0.001 and weight decays 0.0001, 0.00001, 0: "
            "nine short trainings, saved as CSV. The source notes the loss on the thousand "
            "pictures it trains on; what to take is decided by pictures kept from training, as the "
            "Doctor does.\n"
            "5. **A long training** from the best cell: Train.\n"
            "6. **Export** the best model: below the run on the Train screen.\n\n"
            "All numbers are those of the source; in each step a fresh network learns from the "
            "same 1,000 pictures, five at a time, by SGD with momentum."
        )
        line = st.columns(2)
        train_or_fill(
            line[0],
            line[1],
            lambda: second_step(usual()),
            title=f"{name}, a thousand by heart",
            of="the second step of the recipe",
            key="ages-second",
        )
        if st.button("Examine: steps 1 to 4 in the Doctor, about five minutes", key="ages-doctor"):
            EXAMINED.go(
                session.manager().start(
                    second_step(usual()),
                    session.visitor(),
                    title=f"{name}, the recipe of 002",
                    kind="doctor",
                    options=plan(),
                )
            )


def second_step(spec: "RunSpec") -> "RunSpec":
    """That run on a thousand pictures, five at a time, five epochs, by SGD with momentum."""
    from lm_core.training import Budget

    train = replace(
        spec.train, batch_size=AT_A_TIME, lr=RATES[0], optimizer="sgd-momentum", schedule="constant"
    )
    steps = EPOCHS * FEW // AT_A_TIME
    return replace(spec, task=replace(spec.task, few=FEW), train=train, budget=Budget(steps=steps))


def plan() -> dict[str, Any]:
    """What the Doctor is to do: the first four steps with the numbers of the source."""
    return {
        "steps": ["init", "overfit", "lr", "grid"],
        "seconds": SECONDS,
        "rates": list(RATES),
        "lrs": list(GRID),
        "decays": list(DECAYS),
        "random": 0,
    }

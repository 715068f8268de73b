"""GAN: one network makes things from noise, another judges them."""

import streamlit as st

from pages._ui.gan import asked, game, losses, made, play
from pages._ui.shared import front_door, session
from pages._ui.shared.switch import switch

PARTS = {
    "The game": game.show,
    "Losses": losses.show,
    "Digits": made.show,
    "Play": play.show,
    "Questions": asked.show,
}

front_door.enter()
st.title("GAN")
st.write(
    "A language model learns by guessing what comes next. A **generative adversarial network** "
    "learns by a game: one network makes, the other judges, and no one says what is right."
)
part = switch("Part of the screen", {name: name for name in PARTS}, key="gan-part")
with session.mending():
    PARTS[part]()

"""A picture in, an age out: the picture with the answer on it, to look at and to keep."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.ages.moving import measured_on
from pages._ui.ages.training import CORPUS, answers, networks
from pages._ui.shared import models
from pages._ui.shared.own_texts import own_texts
from pages._ui.shared.show import show_source

if TYPE_CHECKING:
    from pages._ui.shared.choice import Choice

NUMBER, GIVEN, MODEL = "ages-number", "ages-given", "ages-answers"
CAMERA, SHOT = "ages-camera", "ages-shot"
FIRST, LAST = 1800, 1999  # faces of the test split, which no network here learned from


def look() -> None:
    """A drawn face or one's own picture, a network, the annotated picture."""
    from lm_core.pictures import annotated
    from lm_core.pictures.faces import SIDE, draw_face

    found, choice = networks(), None
    if not found:
        st.info("No network of yours is here yet: train one under Train and judge.")
    line = st.columns([2, 4, 4], vertical_alignment="bottom")
    number = int(line[0].number_input("Face", FIRST, LAST, FIRST, key=NUMBER, bind="query-params"))
    file = line[1].file_uploader(
        "or a picture of your own", type=["jpg", "jpeg", "png"], key=GIVEN,
        help="A PNG or JPEG; the middle of it is made a small square.",
    )  # fmt: skip
    if st.toggle(
        "Camera", key=CAMERA, help="One picture, by your browser; it is kept nowhere."
    ):  # fmt: skip
        file = st.camera_input("A picture of you, or of who agrees", key=SHOT) or file
    if file is None:
        face = draw_face(number)
        pixels, real = (255 * face.pixels).round().astype("uint8"), face.age
    else:
        from lm_core.pictures.reading import read_picture

        pixels, real = read_picture(file.getvalue()).pixels, None
    if found:
        labels = models.labels(found)
        with line[2]:
            choice = models.pick(found, labels, key=MODEL)
        seen = annotated.square(pixels, SIDE)
        years = float(answers(choice, seen[None])[0])
        text = f"{years:.0f} years" + ("" if real is None else f"; drawn from {real}")
    else:
        text = "no network yet" + ("" if real is None else f"; drawn from {real}")
    png = annotated.annotated(pixels, text)
    st.image(png, width=384, alt=text)
    st.markdown(f"**{text}**")
    st.download_button(
        "Download the annotated picture", png, file_name="age.png", mime="image/png",
        key="ages-png", on_click="ignore",
    )  # fmt: skip
    if file is not None:
        _warned(choice)
    show_source(annotated, "The code: a picture in, a picture out")


def _warned(choice: "Choice | None") -> None:
    """What an answer about a photograph is worth."""
    if choice is None or choice.corpus == CORPUS:
        st.warning(
            "The networks here have seen drawings alone: what one says of a photograph means "
            "nothing, and is no judgement of anybody."
        )
        return
    sha = next((one for one in own_texts() if choice.corpus.endswith(one)), None)
    if sha is None:
        st.warning("The pictures it learned from are gone: how far off it is nobody can say.")
        return
    off, mean = measured_on(sha, str(choice.folder), models.stamp(choice), choice), measured_on(sha)
    st.warning(
        f"It learned from pictures that you gave. On those kept for the test it is {off:.1f} years "
        f"off on average, and always saying the mean is {mean:.1f} years off; of other pictures "
        "it knows less. It is no judgement of anybody."
    )

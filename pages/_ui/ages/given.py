"""The pictures that are looked at: drawn faces, or the visitor's own folder, kept for this session
alone."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    from lm_core.pictures.labelled_folder import Labelled

FROM, FILES = "ages-from", "ages-files"
DRAWN, OWN = "Drawn faces", "A folder of my own"
SHOWN = 600  # drawn faces that are explored
_READ = "ages-read"  # in the session: which files, and what was found in them


def pick() -> "Labelled | None":
    """What is looked at; None until a folder is given.

    Raises:
        LabError: the folder cannot be used so; says what to do.
    """
    source = st.segmented_control(
        "Pictures", (DRAWN, OWN), default=DRAWN, required=True, key=FROM, bind="query-params"
    )
    if source == DRAWN:
        return drawn()
    files = st.file_uploader(
        "Pictures, and a CSV if their names say no age; or a zip file of all",
        type=["jpg", "jpeg", "png", "csv", "zip"],
        accept_multiple_files=True,
        key=FILES,
        help="Files named like 25_0_2_20170116.jpg (age, gender, race, date) as in UTKFace, or "
        "any names and a CSV with the columns file and age.",
    )
    if not files:
        st.info("Choose the files of a folder: at least two pictures with an age each.")
        return None
    known = tuple(file.file_id for file in files)
    if st.session_state.get(_READ, (None,))[0] != known:
        from lm_core.corpora.own_pictures import unpacked
        from lm_core.pictures.labelled_folder import read_folder

        given = {}
        for file in files:
            zipped = file.name.lower().endswith(".zip")
            given |= unpacked(file.getvalue()) if zipped else {file.name: file.getvalue()}
        st.session_state[_READ] = known, read_folder(given)
    found = st.session_state[_READ][1]
    for note in found.notes:
        st.caption(plain(note))
    return found


@st.cache_resource(max_entries=1, show_spinner="Drawing the faces …")
def drawn() -> "Labelled":
    """The first of the faces that train, with the age each was drawn from."""
    import pandas as pd

    from lm_core.pictures.faces import draw_face
    from lm_core.pictures.labelled_folder import Labelled

    faces = [draw_face(number) for number in range(SHOWN)]
    table = pd.DataFrame(
        {
            "file": [f"face-{number}.png" for number in range(SHOWN)],
            "age": [one.age for one in faces],
            "light": [one.light for one in faces],
            "pen": [one.pen for one in faces],
        }
    )
    return Labelled(table, [(255 * one.pixels).round().astype("uint8") for one in faces], [])

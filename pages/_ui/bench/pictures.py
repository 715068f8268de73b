"""Which picture, how large, and one of the visitor's own."""

import base64
import hashlib
import io
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from lm_core.visible import readable
from pages._ui.bench.placed import FIRST, OFFERED, PICTURE, PLAIN, SIZE, USUAL, offer
from pages._ui.shared.begun import begun
from pages._ui.shared.plain import plain

if TYPE_CHECKING:
    import numpy as np

    from lm_core.pictures.contract import Looked

OWN, EXAMPLE = "bench-own", "bench-example"
SIZES = ("160", "320", "640")


class Source(NamedTuple):
    """What the steps begin with."""

    name: str  # tells it from any other
    pixels: "np.ndarray"  # (H, W) or (H, W, 3) uint8


def choose() -> Source:
    """The controls, and what was chosen.

    Raises:
        BadPicture: the visitor's own cannot be read.
    """
    from lm_core.pictures.extra import there
    from lm_core.pictures.photographs import PHOTOGRAPHS, photograph
    from lm_core.pictures.reading import read_picture, shrunk

    names = list(PHOTOGRAPHS) if there() else [PLAIN[0]]
    usual = FIRST[0] if there() else PLAIN[0]
    if st.session_state.get(PICTURE, usual) not in names:
        del st.session_state[PICTURE]
    begin = begun(PICTURE, index=names.index(usual))
    one, other, third = st.columns([3, 2, 3], vertical_alignment="bottom")
    name = one.selectbox(
        "Picture",
        names,
        **begin,
        format_func=lambda name: PHOTOGRAPHS[name].title,
        key=PICTURE,
        bind="query-params",
    )
    begin = begun(SIZE, index=SIZES.index(USUAL))
    longest = int(
        other.selectbox(
            "Pixels along its longer side",
            SIZES,
            **begin,
            key=SIZE,
            bind="query-params",
            help="At most. Fewer are quicker; a picture that has fewer stays as it is.",
        )
    )
    if there():
        third.selectbox(
            "Begin with an example",
            list(OFFERED),
            index=None,
            placeholder="Choose one",
            key=EXAMPLE,
            on_change=offer,
            args=(EXAMPLE,),
        )
    with st.popover("A picture of your own", type="tertiary"):
        file = st.file_uploader(
            "A PNG or JPEG of at most 10 MB and 20 million pixels", key=OWN, max_upload_size=10
        )
        st.caption(
            "It stays in the memory of this page and is kept nowhere. While it is here, the steps "
            "work on it."
        )
    if file is None:
        whole = photograph(name)
        H, W = whole.shape[:2]
        said = f"{PHOTOGRAPHS[name].title}: {PHOTOGRAPHS[name].what}"
    else:
        data = file.getvalue()
        read = read_picture(data)
        name, whole, H, W = hashlib.sha256(data).hexdigest(), read.pixels, read.height, read.width
        said = f"Your own: “{readable(file.name)}”"
    first = ", ".join(str(one) for one in whole[0, 0].reshape(-1))
    form = "three numbers a pixel" if whole.ndim == 3 else "one number a pixel"
    st.caption(
        f"{plain(said)}. The file has {H:,} × {W:,} pixels, {form} from 0 to 255, the first "
        f"{first}."
    )
    return Source(f"{name} {longest}", shrunk(whole, longest))


def address_of(looked: "Looked") -> str:
    """The picture as a data address, to stand under what is painted."""
    from PIL import Image

    from lm_core.pictures.marks import shown

    file = io.BytesIO()
    Image.fromarray(shown(looked)).convert("RGB").save(file, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def draw(looked: "Looked", title: str, framed: tuple[int, int, int, int] | None = None) -> None:
    """The picture with its marks, a part of it framed, and what it is in words."""
    from lm_core.pictures.contract import level
    from lm_core.pictures.marks import shown

    H, W = looked.pixels.shape[:2]
    kind = "three numbers a pixel" if looked.pixels.ndim == 3 else "gray"
    mean = level(float(looked.pixels.mean()))
    said = f"{title}: {H:,} × {W:,} pixels, {kind}, {mean} on average"
    st.image(shown(looked, framed), caption=said, width="stretch", alt=said)

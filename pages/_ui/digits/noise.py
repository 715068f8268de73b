"""Noise: what it costs, what a network that mends gives back, and where it shows inside."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.digits.reading import CLASSES, Seen, dark, mender, seen, that_learn
from pages._ui.shared import models
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    import numpy as np

    from lm_core.evaluation.noise_curve import Measured
    from lm_core.models.contract import Model

SHOWN, MAPPED, JUDGED = 6, 200, 500  # pictures side by side, on the maps, and that are counted
NETWORKS = 8  # in the table, at most


def show() -> None:
    """The part of the screen."""
    of = seen()
    st.write(
        "Put noise on pictures that the network never saw, and count what it still says rightly. "
        "A second network, the **denoising autoencoder**, has learned to draw a noisy picture "
        "again through a narrow middle: what does not fit through is lost, and noise fits least."
    )
    st.latex(
        r"\text{noisy} = \text{clamp}(x + s\,z), \qquad "
        r"\text{loss} = \big(\text{decoder}(\text{code}(\text{noisy})) - x\big)^2"
    )
    strength = st.slider(
        "Noise s (brightness goes from 0 to 1)",
        0.0,
        1.0,
        0.4,
        0.05,
        key="digits-noise",
        bind="query-params",
    )
    mends = mender(of)
    _counted(of, mends[1] if mends else None, strength)
    if mends is None:
        st.info(
            "No network that mends such pictures is here yet: start one under *Train*, “Mend "
            "pictures”."
        )
        return
    choice, model = mends
    strong = choice.card.get("task", {}).get("noise", 0.0)
    st.caption(
        f"Mending: {plain(choice.label)}, {model.n_parameters:,} parameters; it learned with noise "
        f"{strong:g}."
    )
    _again(of, model, strength)
    _beside(of, model, strength)
    _spaces(of, model, strength)
    show_source(type(model), "The code: the autoencoder")


def _counted(of: Seen, mends: "Model | None", strength: float) -> None:
    from lm_core.charts.courses import courses
    from lm_core.charts.words import percent

    measured = _curve(str(of.choice.folder), models.stamp(of.choice), of, mends)
    here = _at(of, mends, strength)
    lines = {"as they are": [one.right for one in measured]}
    if mends is not None:
        lines["mended first"] = [one.mended for one in measured]
    chart = courses(
        [one.noise for one in measured],
        lines,
        title="What is said rightly as noise grows",
        over="noise s",
        unit="share of 1",
        at=strength,
        level=("guessing", 1 / len(of.names)),
        low=0.0,
        high=1.03,
    )
    show_chart(chart, key="digits-noise-curve")
    rest = "" if here.mended is None else f", and **{percent(here.mended)}** once they are mended"
    count = len(of.test(JUDGED)[1])
    more = ""
    if here.mended is not None:
        gain = here.mended - here.right
        more = (
            " Mending helps here."
            if gain > 0.005
            else " Mending does not help here: it loses fine strokes, too."
        )
    st.markdown(
        f"**What to notice.** At noise {strength:.2f} it is right for **{percent(here.right)}** of "
        f"{count} test pictures{rest}.{more}"
    )


@st.cache_data(max_entries=12, show_spinner="Counting what is said rightly …")
def _curve(folder: str, stamp: float, _of: Seen, _mends: "Model | None") -> "list[Measured]":
    from lm_core.evaluation.noise_curve import curve

    return curve(_of.model, _part(_of), _mends)


def _at(of: Seen, mends: "Model | None", strength: float) -> "Measured":
    from lm_core.evaluation.noise_curve import measured

    return measured(of.model, _part(of), strength, mends)


def _part(of: Seen) -> object:
    from lm_core.pictures.splits import PicturesWithClass

    return PicturesWithClass(*of.test(JUDGED))


def _again(of: Seen, model: "Model", strength: float) -> None:
    """Networks that learned from clean, noisy and mended pictures, each judged on all three."""
    import pandas as pd

    from lm_core.evaluation.noise_curve import beside

    st.header("Trained again on what was mended")
    found = [one for one in that_learn(CLASSES) if one.corpus == of.choice.corpus]
    found = found[:NETWORKS]
    labels = models.labels(found)
    networks = {label: models.load(one).model for label, one in zip(labels, found, strict=True)}
    shares = beside(networks, _part(of), model, strength)
    rows = [
        {"network": label, "learned from": _learned(one.card)} | shares[label]
        for label, one in zip(labels, found, strict=True)
    ]
    show_table(pd.DataFrame(rows), key="digits-again")
    st.caption(
        f"Share that is right of {len(of.test(JUDGED)[1])} test pictures: clean, with noise "
        f"{strength:.2f}, and with that noise mended."
    )
    learned = {row["learned from"].partition(" ")[0] for row in rows}
    if learned >= {"noisy", "mended"}:
        return
    st.info(
        "To compare, start “Noisy pictures” and “Mended pictures” under *Train*: they stand here "
        "once they have ended."
    )


def _learned(card: dict) -> str:
    """What a network of classes was shown."""
    task = card.get("task", {})
    noise = task.get("noise", 0.0)
    if not noise:
        return "clean pictures"
    if task.get("mended"):
        return f"mended pictures, noise {noise:g}"
    return f"noisy pictures, noise {noise:g}"


def _beside(of: Seen, model: "Model", strength: float) -> None:
    """Noisy, mended, clean."""
    import torch

    from lm_core.charts.picture_grid import picture_grid
    from lm_core.evaluation.noise_curve import SEED, drawn
    from lm_core.pictures.noise import noisy, psnr

    clean = torch.stack([of.one(k) for k in range(SHOWN)])
    given = noisy(clean, strength, SEED)
    mended = drawn(model, given)
    said = {}
    for name, pictures in (("noisy", given), ("mended", mended), ("clean", clean)):
        with torch.no_grad():
            best = of.model(pictures).argmax(-1).tolist()
        said[name] = [f"{name}: {of.names[k]}" for k in best]
    chart = picture_grid(
        torch.cat([given, mended, clean]).mean(1).numpy(),
        [*said["noisy"], *said["mended"], *said["clean"]],
        title="Noisy, mended, clean, and what each is taken for",
        columns=SHOWN,
        dark=dark(),
    )
    show_chart(chart, key="digits-triptych")
    off = [float((one - clean).square().mean()) for one in (given, mended)]
    st.caption(
        f"Against the clean pictures: {psnr(off[0]):.1f} dB with noise, {psnr(off[1]):.1f} dB "
        "mended (PSNR: 10 dB more is a tenth of the squared error)."
    )


def _spaces(of: Seen, model: "Model", strength: float) -> None:
    """The last layer before the classes, before and after mending."""
    import numpy as np

    from lm_core.charts.class_map import class_map
    from lm_core.charts.words import percent
    from lm_core.evaluation.noise_curve import SEED, drawn
    from lm_core.inspection.pictures import spread_out, units
    from lm_core.pictures.noise import noisy

    st.header("Where the pictures lie, inside")
    st.write(
        "What the network knows of a picture just before it says a class, as a point: the two main "
        "axes of the clean pictures (PCA), and the same axes for the noisy and the mended ones."
    )
    clean, labels = of.test(MAPPED)
    given = noisy(clean, strength, SEED)
    base, others = spread_out(
        units(of.model, clean), units(of.model, given), units(of.model, drawn(model, given))
    )
    all_places = [base.points.numpy(), *[one.numpy() for one in others]]
    reach = _reach(np.concatenate(all_places))
    for box, (name, places) in zip(
        st.columns(3),
        zip(("Clean", "Noisy", "Mended"), all_places, strict=True),
        strict=True,
    ):
        with box:
            chart = class_map(places, labels.tolist(), of.names, title=name, reach=reach)
            show_chart(chart, key=f"digits-space-{name.lower()}")
    shares = base.shares.tolist()
    st.caption(
        f"The two axes hold {percent(shares[0] + shares[1])} of how far the clean pictures lie "
        "apart; what they leave out cannot be seen here."
    )


def _reach(places: "np.ndarray") -> tuple[float, float, float, float]:
    """Of both axes, with some room."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.06 * (high - low)
    return tuple(float(one) for pair in zip(low - room, high + room, strict=True) for one in pair)

"""One training step in slow motion: forward, loss, backward, update, and the loss after it."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui.shared import models
from pages._ui.shared.numbered import choose
from pages._ui.shared.plain import plain
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.tables import show_table
from pages._ui.tensors import by_hand
from pages._ui.tensors.batch import HIDDEN
from pages._ui.tensors.weights import choose_parameter

if TYPE_CHECKING:
    from lm_core.inspection.one_step import Step
    from pages._ui.tensors.batch import Batch

OPTIMIZER, NUMBER, TARGET = (f"tensors-{what}" for what in ("optimizer", "number", "target"))
BIND = "query-params"
RATES = {"adamw": 0.002, "adam": 0.002, "sgd-momentum": 0.05, "sgd": 0.2}  # to begin with
CALLED = {"adamw": "AdamW", "adam": "Adam", "sgd-momentum": "SGD with momentum", "sgd": "SGD"}


def slow_motion(choice: models.Choice, batch: "Batch") -> None:
    """The screen's second view."""
    st.write(
        "Training repeats one step many times: guess, measure the surprise, find how each weight "
        "changes it, move all of them a little. Here is one such step, on a copy of the model."
    )
    step = _settings(choice, batch)
    _forward(step, batch)
    target = _loss(step, batch, choice)
    by_hand.softmax(step, target, _guessed(choice))
    _backward(step)
    _update(step, choice)
    _after(step)
    _code()


def _settings(choice: models.Choice, batch: "Batch") -> "Step":
    """How the step is taken."""
    places = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    optimizer = places[0].selectbox(
        "Optimizer", list(CALLED), format_func=CALLED.__getitem__, key=OPTIMIZER, bind=BIND
    )
    lr = places[1].number_input(
        "Learning rate",
        0.0,
        10.0,
        RATES[optimizer],
        format="%.4f",
        step=0.001,
        key=f"tensors-lr-{optimizer}",
        bind="query-params",
    )
    decay = places[2].number_input(
        "Weight decay", 0.0, 1.0, 0.05, step=0.01, key="tensors-decay", bind="query-params"
    )
    number = places[3].number_input(
        "Step",
        1,
        20,
        key=NUMBER,
        bind=BIND,
        help="Those before it are taken on the same batch, so that the optimizer has a past.",
    )
    key = (str(choice.folder), models.stamp(choice), batch.key)
    return _taken(*key, optimizer, lr, decay, number, models.load(choice).model, batch)


@st.cache_resource(max_entries=8, show_spinner="Taking the step …")
def _taken(
    folder: str,
    stamp: float,
    key: tuple,
    optimizer: str,
    lr: float,
    decay: float,
    number: int,
    _model: Any,
    _batch: "Batch",
) -> "Step":
    from lm_core.inspection.one_step import one_step

    pair = _batch.written is not None
    return one_step(
        _model,
        _batch.written if pair else _batch.idx,
        _batch.targets,
        source=_batch.idx if pair else None,
        optimizer=optimizer,
        lr=lr,
        weight_decay=decay,
        number=number,
    )


def _guessed(choice: models.Choice) -> Any:
    """The tokenizer of what is guessed."""
    saved = models.load(choice)
    return saved.codec.target if choice.of_pairs else saved.tokenizer


def _forward(step: "Step", batch: "Batch") -> None:
    st.header("1. Forward")
    B, T, V = step.logits.shape
    made = sum(entry.step for entry in step.entries)
    st.write(
        f"The batch, {B} × {T} tokens, goes through the network: {made} tensors are made, the last "
        f"of them the logits, {B} × {T} × {V:,} scores. The view Atlas has each. Nothing is hidden "
        "at random here, so that the loss before and after the step can be compared."
    )
    if batch.written is not None:
        st.caption(
            f"The source has {batch.idx.size(1)} tokens; of the target each token is guessed from "
            "the source and from those before it. The target that is learned here is what the "
            "field above says. There is no label smoothing, which a training may have."
        )
    elif HIDDEN in batch.names["T"][0]:
        st.caption(
            "Some tokens are hidden, as many as while it learns, and they alone are asked for: "
            f"{' '.join(map(plain, batch.names['T'][0]))}."
        )


def _loss(step: "Step", batch: "Batch", choice: models.Choice) -> tuple[int, int]:
    """The mean, and which of the targets is done by hand."""
    from lm_core.charts.words import nats
    from lm_core.figures import perplexity

    st.header("2. Loss")
    asked = [(int(b), int(t)) for b, t in (step.targets >= 0).nonzero().tolist()]
    tokenizer = _guessed(choice)

    def called(place: tuple[int, int]) -> str:
        b, t = place
        token = tokenizer.token_text(int(step.targets[b, t]))
        row = f"row {b}, " if len(step.targets) > 1 else ""
        read = batch.names["T"][b][t]
        return (
            f"{row}{t + 1}: {token}, hidden"
            if read == HIDDEN
            else f"{row}{t + 1}: {token} after {read}"
        )

    st.write(
        f"Each of the {len(asked)} targets has a surprise, −ln p, in nats. The loss is their mean"
        + (f", and a penalty of {step.penalty:.4f}." if step.penalty else ".")
    )
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Loss (nats)",
            f"{step.loss:.6f}",
            None if step.penalty else f"perplexity {nats(perplexity(step.loss))}",
            delta_color="off",
            delta_arrow="off",
            width="content",
        )
        highest = max(asked, key=lambda place: float(step.nats[place]))
        st.metric("Largest surprise", f"{float(step.nats[highest]):.4f}", width="content")
    at = choose(
        "By hand, the target",
        [called(place) for place in asked],
        key=TARGET,
        default=asked.index(highest),
    )
    return asked[at]


def _backward(step: "Step") -> None:
    from lm_core.charts.inside import by_depth
    from lm_core.charts.tensors import Along, along_network

    st.header("3. Backward")
    st.write(
        "From the logits back to the weights by the chain rule: how much the loss changes with "
        "each number. The same pass finds it for every weight and for every tensor on the way."
    )
    flowed = [
        (made.name, step.flowed[made.name])
        for made in step.entries
        if made.step and step.flowed[made.name] is not None
    ]
    rows = [
        Along(name, float(g.double().std(correction=0)), int((~g.isfinite()).sum()))
        for name, g in flowed
    ]
    left, right = st.columns(2, gap="medium")
    with left:
        title = "Gradient of each tensor on the way"
        show_chart(
            along_network(rows, title=title, unit="standard deviation"), key="tensors-flowed"
        )
    with right:
        norms = [(name, float(g.norm())) for name, g in step.gradients.items()]
        chart = by_depth(norms, title="Gradient of each parameter", unit="length (norm)")
        show_chart(chart, key="tensors-gradients")
    said = f"All gradients together have the length {step.norm:.4f}."
    if step.clip < 1:
        said += f" That is more than 1, so all are multiplied by {step.clip:.4f}: clipping."
    else:
        said += " It is at most 1, so they are left as they are: nothing is clipped."
    st.caption(said)


def _update(step: "Step", choice: models.Choice) -> None:
    import pandas as pd

    st.header("4. Update")
    st.write(
        f"{CALLED[step.optimizer]} turns each gradient into a step. Of one weight, number by "
        "number, beside what PyTorch's optimizer made of it:"
    )
    parameter = choose_parameter(choice)
    gradient = step.gradients.get(parameter)
    if gradient is None:
        st.info("The loss does not depend on this parameter: it stays as it is. Choose another.")
        return
    place = _place(gradient, parameter)
    rows = [
        {
            "": one.symbol,
            "what": one.words,
            "rule": one.formula,
            "with the numbers": one.numbers,
            "value": f"{one.value:.9g}",
        }
        for one in step.by_hand(parameter, place)
    ]
    show_table(pd.DataFrame(rows), key="tensors-update", height="content", widths={"": 50})
    done = float(step.after[parameter][place])
    st.caption(f"By hand {rows[-1]['value']}; by torch.optim, in float32, {done:.9g}.")


def _place(gradient: Any, parameter: str) -> tuple[int, ...]:
    """One number of a parameter: at first the one with the largest gradient."""
    import torch

    largest = torch.unravel_index(gradient.abs().argmax(), gradient.shape)
    place = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for i, (size, first) in enumerate(zip(gradient.shape, largest, strict=True)):
            key = f"tensors-weight-{parameter}-{i}"
            label = ("Row", "Column")[i] if i < 2 else f"Dimension {i}"
            place.append(
                int(st.number_input(label, 0, size - 1, int(first), key=key, width=150))
                if size > 1
                else 0
            )
    return tuple(place)


def _after(step: "Step") -> None:
    st.header("5. The loss after it")
    change = step.loss_after - step.loss
    with st.container(horizontal=True, gap="medium"):
        st.metric("Before", f"{step.loss:.6f}", width="content")
        st.metric("After", f"{step.loss_after:.6f}", f"{change:.6f}", "inverse", width="content")
        st.metric(
            "Change that the gradient foretold",
            f"{step.expected:.6f}",
            help="The sum of each gradient times how far its weight moved: what would happen if "
            "the loss were a plane.",
            width="content",
        )
    if change > 0:
        said = "the loss rose: the step was longer than the slope holds. Take a lower rate."
    elif step.expected < 0 and change > step.expected / 2:
        said = "the loss fell by less than half of what the slope foretold: it bends on the way."
    else:
        said = "the loss fell about as the slope foretold: the step was short."
    st.markdown(f"**What to notice:** on the same batch {said} On another text it may differ.")


def _code() -> None:
    from lm_core.inspection.one_step import one_step
    from lm_core.training import plain as lesson
    from lm_core.training.update_rule import update

    show_source(lesson.train, "The code: the training loop, plain")
    show_source(one_step, "The code: this step")
    show_source(update, "The code: the update of one weight")

"""Verdicts over what flows through a network and back: saturated and dead units, gradients that
explode, vanish or pile up. Each is a function of a record; None where there is nothing to say.
"""

from lm_core.doctor.evidence import looked_into, needs, stepped
from lm_core.doctor.record import Record
from lm_core.doctor.verdicts import ALARM, NOTE, Verdict
from lm_core.figures import percent

SATURATED = 0.5  # of the values of a layer
START = 2  # steps that count as the start: after a few more a high rate may have done it
DEAD, DEAD_NOTE = 0.5, 0.3  # of the units of a layer
EXPLODES, LONG = 50.0, 10.0  # times the usual norm, and at least so long
VANISHES = 1e-4  # gradient of the lowest layer over that of the highest
PILES = 0.1  # of the gradient

LOWER_RATE = "Lower the learning rate, three to ten times, or let the range test suggest one."


@needs(looked_into)
def saturated(r: Record) -> Verdict | None:
    """At the start alone: later a layer of units that have made up their mind may be what a model
    learns best with, as the highest one of a WaveNet over running text is."""
    share, name = _worst(r, "saturated_values", ("tanh",))
    if share <= SATURATED or r.examined[0] > START:
        return None
    has_start = hasattr(r.model, "init")
    cure = "Draw the weights before the tanh smaller: 5/3 over the root of the inputs"
    return Verdict(
        "saturated",
        ALARM,
        f"At step {r.examined[0]:,} {percent(share)} of the numbers in {name} are beyond 0.97, "
        f"where tanh passes less than 6 % of a gradient on; at most {percent(SATURATED)} is fine.",
        cure + (" (model.init kaiming or zero-logit)." if has_start else "."),
        "model.init" if has_start else "",
    )


@needs(looked_into)
def dead_units(r: Record) -> Verdict | None:
    share, name = _worst(r, "dead", ("relu", "relu2"))
    if share <= DEAD_NOTE:
        return None
    return Verdict(
        "dead_units",
        ALARM if share > DEAD else NOTE,
        f"At step {r.examined[0]:,} {percent(share)} of the units of {name} are 0 at every place "
        f"looked at and learn nothing; at most {percent(DEAD)} is fine.",
        "Start anew with a lower learning rate, or an activation that never sleeps (gelu, tanh).",
        "train.lr",
    )


@needs(stepped)
def exploding_gradients(r: Record) -> Verdict | None:
    if r.spike is None:
        return None
    step, norm, usual = r.spike
    if norm < LONG or norm < EXPLODES * usual:
        return None
    text = (
        f"At step {step:,} the gradient was {norm:,.0f} long and usually it is {usual:.2g}; more "
        f"than {EXPLODES:.0f} times that is an explosion."
    )
    if 0 < r.train.grad_clip < norm:
        text += f" It was clipped to {r.train.grad_clip:g}."
        return Verdict(
            "exploding_gradients", NOTE, text, "Clipping holds it; nothing is to be done."
        )
    cure = "Clip gradients (1 is usual); an error that is traced back less far grows less, too."
    return Verdict("exploding_gradients", ALARM, text, cure, "train.grad_clip")


@needs(looked_into)
def vanishing_gradients(r: Record) -> Verdict | None:
    spreads = [(x["name"], x["gradient"]["std"]) for x in r.examined[1]["layers"]]
    spreads = [(name, std) for name, std in spreads if std]
    if len(spreads) < 3:  # of the last one, the logits, the gradient is what it is
        return None
    (low, lowest), (high, highest) = spreads[0], spreads[-2]
    if lowest >= VANISHES * highest:
        return None
    return Verdict(
        "vanishing_gradients",
        ALARM,
        f"At step {r.examined[0]:,} the gradient that reaches {low} is {lowest / highest:.1g} of "
        f"that at {high}; below {VANISHES:g} the lower layers hardly learn.",
        "Fewer layers, a norm before each part, a better start, or an activation that does not "
        "saturate.",
        "model.n_layer" if hasattr(r.model, "n_layer") else "",
    )


@needs(looked_into)
def gradients_pile_up(r: Record) -> Verdict | None:
    apart = r.examined[1]["grad_difference"]
    if apart is None or apart <= PILES:
        return None
    return Verdict(
        "gradients_pile_up",
        ALARM,
        f"At step {r.examined[0]:,} the gradient in the weights differs from that of this batch "
        f"computed anew by {percent(apart)} of it; up to {percent(PILES)} is rounding.",
        "Clear the gradients after each step: optimizer.zero_grad().",
    )


def _worst(r: Record, what: str, kinds: tuple[str, ...]) -> tuple[float, str]:
    """The highest share among layers of these kinds, and the layer's name; 0 where none has one."""
    layers = [layer for layer in r.examined[1]["layers"] if layer["kind"] in kinds]
    found = [(layer[what] or 0.0, layer["name"]) for layer in layers]
    return max(found, default=(0.0, ""))

"""Verdicts over the course of a run: its losses, step by step and where it was evaluated. Each is a
function of a record; None where there is nothing to say.
"""

from statistics import fmean

from lm_core.doctor.evidence import counted, needs, stepped
from lm_core.doctor.judging_flow import LOWER_RATE
from lm_core.doctor.judging_texts import other_tokenizer
from lm_core.doctor.record import STEPS, Climb, Record
from lm_core.doctor.untrained import MOST_ABOVE, cure_of
from lm_core.doctor.verdicts import ALARM, NOTE, Verdict

# Of ln V, or of the loss it rises from where that is more: medians over many steps, and evaluations
# of the weights after single steps. An RNN at the rate that suits it best climbs by 0.13 and 0.34
# in its first hundred steps over running text; a rate a hundred times too high by 2 and more.
RISES, RISES_BETWEEN = 0.2, 0.5
SLOW_STEPS, SLOW_FALL = 100, 0.03  # steps, half of them at the highest rate; of ln V
SLOW_RATIO = 1e-3  # update ratio; about this is right
OVERFITS, OVERFITS_NOTE = 0.05, 0.02  # of ln V, above the best evaluation
PAIRS_TELL = 0.2  # nats between unigram and bigram entropy below which pairs tell little
PLATEAU = 0.1  # nats from the unigram entropy that count as being there
PLATEAU_STEPS, FLAT = 200, 0.05  # steps, of which two thirds are looked at; nats it falls meanwhile
BELOW, ABOVE = 0.075, 0.15  # nats from the unigram entropy; a high rate keeps it a little above
SAME = 1e-4  # nats between two evaluations that should be one

HIGHER_RATE = "Raise the learning rate ten times, or let the doctor's range test suggest one."


@needs(stepped)
def diverged(r: Record) -> Verdict | None:
    if r.broken is None:
        return None
    text = f"The loss stopped being a number at step {r.broken:,}: the weights have run away."
    if r.train.grad_clip:
        return Verdict("diverged", ALARM, text, LOWER_RATE, "train.lr")
    cure = "Turn gradient clipping on (1 is usual); if that is not enough, lower the rate."
    return Verdict("diverged", ALARM, f"{text} Gradients are not clipped.", cure, "train.grad_clip")


@needs(
    lambda r: r.first is not None and r.fresh and r.judge == "nats"
)  # trained weights are confident
def confident_start(r: Record) -> Verdict | None:
    if r.first <= r.uniform + MOST_ABOVE:
        return None
    text = (
        f"The first loss, at step 1, was {r.first:.2f} nats, and {r.blindly} = "
        f"{r.uniform:.2f}: at most {MOST_ABOVE} above is fine. It starts confidently wrong."
    )
    return Verdict("confident_start", ALARM, text, *cure_of(r.model))


@needs(lambda r: r.step >= STEPS or len(r.scored) > 1)
def rate_too_high(r: Record) -> Verdict | None:
    """A climb counts whether or not the loss came down again."""
    heard = (("training", r.climb, RISES), ("validation", _between_evaluations(r), RISES_BETWEEN))
    for of, climb, share in heard:
        most = 0.0 if climb is None else share * max(r.uniform, climb.low)
        if climb is None or not climb.nats > most:
            continue
        text = (
            f"The {of} loss climbed from {climb.low:.2f} {r.judge} at step "
            f"{climb.low_step:,} to {climb.high:.2f} at step {climb.high_step:,}; more than "
            f"{most:.2f} is not chance."
        )
        return Verdict("rate_too_high", ALARM, text, LOWER_RATE, "train.lr")
    return None


def _between_evaluations(r: Record) -> Climb | None:
    """The highest climb from one evaluation to another that is not overfitting: meanwhile the
    training loss did not fall, or an evaluation after both is lower by as much as is no chance."""
    climb, low = None, None
    for k, here in enumerate(r.scored):
        if low is not None and here.nats - low.nats > (climb.nats if climb else 0.0):
            down = here.nats - RISES_BETWEEN * max(r.uniform, low.nats)
            if here.train >= low.train or any(later.nats < down for later in r.scored[k + 1 :]):
                climb = Climb(low.nats, low.step, here.nats, here.step)
        if low is None or here.nats < low.nats:
            low = here
    return climb


@needs(lambda r: counted(r) and r.first is not None and r.moved is not None)
def rate_too_low(r: Record) -> Verdict | None:
    reached, at = r.top_rate
    if r.step < SLOW_STEPS or r.step - at < SLOW_STEPS // 2:
        return None
    least, fell, moved = SLOW_FALL * r.uniform, r.first - r.loss, r.moved
    knows_frequencies = r.loss < r.facts.unigram + PLATEAU
    if not 0 <= fell < least or knows_frequencies or moved > SLOW_RATIO:
        return None
    return Verdict(
        "rate_too_low",
        ALARM,
        f"By step {r.step:,} the training loss fell by {fell:.2f} nats, from {r.first:.2f} at "
        f"step 1; at least {least:.2f} is expected. At the highest rate, {reached:g}, a step "
        f"moves the weights by {moved:.1g} of their spread; about {SLOW_RATIO:g} is right.",
        HIGHER_RATE,
        "train.lr",
    )


@needs(lambda r: counted(r) and len(r.losses) >= PLATEAU_STEPS)
def learns_only_frequencies(r: Record) -> Verdict | None:
    third = len(r.losses) // 3
    alone, pairs = r.facts.unigram, r.facts.bigram
    before, now = fmean(r.losses[third : 2 * third]), fmean(r.losses[2 * third :])
    there = all(alone - BELOW < loss < alone + ABOVE for loss in (before, now))
    if alone - pairs < PAIRS_TELL or not there or abs(before - now) > FLAT:
        return None
    return Verdict(
        "learns_only_frequencies",
        ALARM,
        f"In the {len(r.losses) - third:,} steps up to {r.step:,} the training loss fell by "
        f"{before - now:.2f} nats, to {now:.2f}: knowing how frequent tokens are gives {alone:.2f} "
        f"already, and knowing the token before {pairs:.2f}. What it reads and what it should "
        "guess do not belong together.",
        "Look at a batch: each target has to be the token after its input. Shuffle both alike.",
    )


@needs(lambda r: len(r.scored) >= 3)
def overfitting(r: Record) -> Verdict | None:
    if r.tokens <= r.epoch or other_tokenizer(r):
        return None
    last = r.scored[-1]
    at, best = min(enumerate(r.scored), key=lambda pair: pair[1].nats)
    rise, most = last.nats - best.nats, OVERFITS_NOTE * r.uniform
    if rise <= most or at > len(r.scored) - 3 or not last.train < best.train:
        return None
    # Not dropout, which was tried on a short list and changed nothing.
    if not r.train.keep_best:
        cure, control = (
            "Keep the weights of the best evaluation (Keep the best).",
            "train.keep_best",
        )
    else:
        kept = f"The weights of step {best.step:,} are kept."
        more = (
            "More text helps, and for a list of names to begin with the names model (Start from)."
        )
        cure = f"{kept} {more} Patience ends such a run in time."
        control = "" if r.train.patience else "train.patience"
    alarming = rise > OVERFITS * r.uniform and not (r.train.keep_best and r.train.patience)
    return Verdict(
        "overfitting",
        ALARM if alarming else NOTE,
        f"Validation was best at step {best.step:,} with {best.nats:.2f} {r.judge} and is "
        f"{last.nats:.2f} at step {last.step:,}, while training went from {best.train:.2f} to "
        f"{last.train:.2f}: it learns the text by heart. More than {most:.2f} above the best is "
        "no chance.",
        cure,
        control,
    )


@needs(lambda r: r.twice is not None)
def evaluated_in_train_mode(r: Record) -> Verdict | None:
    first, second, step = r.twice
    if not abs(first - second) > SAME:
        return None
    return Verdict(
        "evaluated_in_train_mode",
        ALARM,
        f"After step {step:,} the same tokens scored twice cost {first:.4f} and {second:.4f} "
        f"{r.judge}; more than {SAME:g} apart is chance at work where there should be none.",
        "Call model.eval() before scoring and model.train() after it: dropout has to be off.",
    )

"""The verdicts over a run: every rule, asked of a record.

Thresholds are constants beside the rules. What they were chosen from is in
`tests/doctor/test_health.py` and `tests/runs/test_gallery.py`: every fault of the gallery lies
beyond them, and healthy runs of every family do not come near.
"""

from collections.abc import Iterator

from lm_core.doctor.evidence import Rule, judges
from lm_core.doctor.judging_course import (
    confident_start,
    diverged,
    evaluated_in_train_mode,
    learns_only_frequencies,
    overfitting,
    rate_too_high,
    rate_too_low,
)
from lm_core.doctor.judging_flow import (
    dead_units,
    exploding_gradients,
    gradients_pile_up,
    saturated,
    vanishing_gradients,
)
from lm_core.doctor.judging_texts import leaked_split, not_a_distribution, other_tokenizer
from lm_core.doctor.record import Record
from lm_core.doctor.verdicts import OK, Verdict

OF_TEXTS: tuple[Rule, ...] = (leaked_split, other_tokenizer, not_a_distribution)
OF_FLOW: tuple[Rule, ...] = (
    saturated,
    dead_units,
    exploding_gradients,
    vanishing_gradients,
    gradients_pile_up,
)
RULES: tuple[Rule, ...] = (
    diverged,
    confident_start,
    *OF_FLOW,
    rate_too_high,
    rate_too_low,
    *OF_TEXTS,
    learns_only_frequencies,
    evaluated_in_train_mode,
    overfitting,
)
# What asks about the course of a loss that should fall: of a game it does not.
OF_LOSS: tuple[Rule, ...] = (
    diverged,
    confident_start,
    rate_too_high,
    rate_too_low,
    learns_only_frequencies,
    overfitting,
)
# Codes of rules that speak of how a run does now, where the others name what has happened in it.
PASSING = ("rate_too_low", "learns_only_frequencies", "overfitting")


def judge(r: Record) -> Iterator[Verdict]:
    """All there is to say of the record as it stands; nothing where all is well. A family that
    counts takes no steps, so only its texts, and how they are scored, are judged; a game, by
    nothing that its losses should do."""
    return (verdict for rule in _rules(r) if (verdict := rule(r)) is not None)


def _rules(r: Record) -> tuple[Rule, ...]:
    """Those that make sense for what learns."""
    rules = RULES if r.descends else OF_TEXTS
    return tuple(rule for rule in rules if not (r.game and rule in OF_LOSS))


def over(said: Verdict, step: int) -> Verdict:
    """That a verdict holds no more."""
    return Verdict(said.code, OK, f"By step {step:,} this holds no more: {said.text}")


def healthy(r: Record) -> Verdict:
    """The verdict over a run that ended without an alarm. A rule that had nothing to judge by is
    not counted as asked."""
    asked = sum(judges(rule, r) for rule in _rules(r))
    rules = f"{asked} of {len(RULES)}" if asked < len(RULES) else f"{asked}"
    start = "" if r.first is None else f"from {r.first:.2f} at step 1 "
    last = r.scored[-1] if r.scored else None
    held = "" if last is None else f", validation was {last.nats:.2f} at step {last.step:,}"
    text = (
        f"{rules} rules could be asked, without an alarm: the training loss went {start}to "
        f"{r.loss:.2f} {r.judge} at step {r.step:,}{held}."
    )
    return Verdict("healthy", OK, text)

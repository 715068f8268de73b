"""What a rule has to have seen before it is asked: a sentence that compares needs what was measured
on both sides of its comparison.
"""

from collections.abc import Callable
from functools import wraps

from lm_core.doctor.record import Record
from lm_core.doctor.verdicts import Verdict

Rule = Callable[[Record], Verdict | None]
Evidence = Callable[[Record], bool]


def needs(evidence: Evidence) -> Callable[[Rule], Rule]:
    """A rule that says nothing of a record without its evidence; `judges` tells whether it is
    there."""

    def wrap(rule: Rule) -> Rule:
        @wraps(rule)
        def asked(r: Record) -> Verdict | None:
            return rule(r) if evidence(r) else None

        asked.evidence = evidence
        return asked

    return wrap


def judges(rule: Rule, r: Record) -> bool:
    """Whether the record holds what the rule needs."""
    return rule.evidence(r)


def stepped(r: Record) -> bool:
    """A step was taken, or broke."""
    return r.step > 0 or r.broken is not None


def looked_into(r: Record) -> bool:
    """A step was examined from inside."""
    return r.examined is not None


def summed(r: Record) -> bool:
    """The probabilities of all next tokens were added up."""
    return r.total is not None


def counted(r: Record) -> bool:
    """The texts were counted."""
    return r.facts is not None

"""Verdicts over the texts of a run and how they are scored: do the splits belong together, are they
two, and is what scores them a probability?"""

from lm_core.doctor.evidence import counted, needs, summed
from lm_core.doctor.record import Record
from lm_core.doctor.texts import TextFacts
from lm_core.doctor.verdicts import ALARM, NOTE, Verdict
from lm_core.evaluation.honest import WITHIN, is_one
from lm_core.figures import percent

LEAKED, LEAKED_NOTE = 0.05, 0.01  # of the validation text
APART = 0.25  # nats, above what is expected by chance
KNOWS = 0.1  # nats below the unigram entropy: more than frequencies has been learned


@needs(counted)
def leaked_split(r: Record) -> Verdict | None:
    return leak(r.facts)


def leak(facts: TextFacts) -> Verdict | None:
    """Whether the splits share more than is fine."""
    leaked = facts.leaked
    if leaked is None or leaked <= LEAKED_NOTE:
        return None
    what = f"pieces of {facts.window} tokens" if facts.window else "items"
    return Verdict(
        "leaked_split",
        ALARM if leaked > LEAKED else NOTE,
        f"Of {facts.looked_for:,} {what} of the validation text {percent(leaked)} stand in the "
        f"training text word for word; at most {percent(LEAKED_NOTE)} is fine. The validation loss "
        "flatters the model.",
        "Remove doubles first and split afterwards, by document or by time.",
    )


@needs(counted)
def other_tokenizer(r: Record) -> Verdict | None:
    apart, limit = r.facts.apart, APART + r.facts.by_chance
    cure = "Make one tokenizer, from the training text, and use it for every split."
    if apart is not None and apart > limit:
        text = (
            f"The most frequent tokens of the two splits are {apart:.2f} nats apart (Kullback-"
            f"Leibler); splits of one text, so long, differ by less than {limit:.2f}. They were "
            "not made by the same tokenizer, or are different texts."
        )
        return Verdict("other_tokenizer", ALARM, text, cure)
    last = r.scored[-1] if r.scored else None
    first_reading = last is not None and 0 < last.tokens <= r.epoch
    if first_reading and last.train < r.facts.unigram - KNOWS and last.nats > r.uniform:
        text = (
            f"At step {last.step:,} text it reads for the first time costs {last.train:.2f} nats "
            f"in training and {last.nats:.2f} in validation, more than ln V = {r.uniform:.2f}: the "
            "ids of the two splits do not mean the same."
        )
        return Verdict("other_tokenizer", ALARM, text, cure)
    return None


@needs(summed)
def not_a_distribution(r: Record) -> Verdict | None:
    value, whole, step = r.total
    if is_one(value, whole):
        return None
    what = "all possible next tokens together get" if whole else "some of the next tokens alone get"
    must = f"must get 1 (within {WITHIN:g})" if whole else "all together must get 1"
    text = (
        f"What is scored is no probability: after the same tokens, at step {step:,}, {what} "
        f"{value:.4g}, and {must}. The loss means nothing."
    )
    return Verdict("not_a_distribution", ALARM, text, "Score by probabilities that sum to one.")

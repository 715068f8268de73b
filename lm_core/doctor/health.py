"""The verdicts over a run while it goes on: beside the trainer's events, what they add up to.

    for event in Health.of(trainer).listen(trainer.run()):
        ...

A verdict becomes a `Diagnosed` event when it is first true, once for each code, and again where a
note turns into an alarm. One on how the run does now (`judging.PASSING`) is taken back where an
evaluation shows that it holds no more, and said with the last figures at the end. A run that ends
without an alarm is called healthy. Listening costs next
to nothing: figures are kept up step by step, and judged after evaluations, examinations and ever
rarer steps. Two things are done once: the texts are counted after enough steps for that to be a
small part of the work, at the latest at the end of a run that nobody stops, as who stops one waits
for it; and a small part of the validation text is evaluated twice.

Nothing here looks at a clock: the same events give the same verdicts at the same steps, however
fast the machine is. An examination is heard after the losses of the steps up to it, which a trainer
reads back from its device in bundles, ten times a second.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from lm_core.doctor import judging, texts
from lm_core.doctor.record import EVERY_TOKEN, Record
from lm_core.doctor.texts import TextFacts
from lm_core.doctor.verdicts import ALARM, OK, SEVERITIES, Verdict
from lm_core.encoded import Encoded
from lm_core.evaluation.honest import CONTEXT, is_one, total
from lm_core.models.contract import LanguageModel
from lm_core.training import Trainer
from lm_core.training.events import Diagnosed, Evaluated, Event, Examined, Failed, Finished, Step

GROWTH = 1.1  # from one judged step to the next
# Tokens trained on before the texts are counted, as a share of those to be counted: learning from
# a token takes a hundred times as long as counting it, and longer in all but the smallest models.
COUNTED_AFTER = 0.25
TWICE_TOKENS = 500
ASKED = (1, 4)  # evaluations at which probabilities are added up
SAYS_SOMETHING = 0.1  # nats from ln V: what an untrained model says is the same in any mode


class Health:
    """Args:
    record: what is known of the run so far.
    count: counts the texts, so many `tokens`.
    twice: evaluates the model two times; the nats per token of each.
    total: adds up the probabilities of all next tokens (`lm_core.evaluation.honest.total`); asked
        at the first evaluation and at the fourth, as a model may begin to cheat.
    """

    def __init__(
        self,
        record: Record,
        *,
        count: Callable[[], TextFacts] | None = None,
        tokens: int = 0,
        twice: Callable[[], tuple[float, float]] | None = None,
        total: Callable[[], tuple[float, bool]] | None = None,
    ) -> None:
        self.record, self.count, self.twice, self.total = record, count, twice, total
        self._evaluations = 0
        self._count_at = COUNTED_AFTER * tokens
        self._said: dict[str, Verdict] = {}  # the last word on each matter, by its code
        self._due = 1
        self._examined: list[Examined] = []  # not heard yet

    @classmethod
    def of(cls, trainer: Trainer, *, fresh: bool = True) -> "Health":
        """Of a run that begins, or goes on; `fresh` if it begins, or began, with random weights."""
        data, model = trainer.data, trainer.model
        reads = isinstance(data["train"], Encoded)  # texts, to be counted
        guesses = reads and isinstance(model, LanguageModel) and model.causal
        context = data["train"].ids[:CONTEXT] if guesses else None
        record = Record(
            uniform=trainer.task.blind(model, data),
            epoch=trainer.task.epoch(data["train"]),
            model=model.settings,
            train=trainer.settings,
            descends=model.learns_by != "counting",
            fresh=fresh,
            blindly=EVERY_TOKEN if reads else "guessing blindly would be",
            judge=trainer.task.judge,
            game=trainer.task.game,
        )
        return cls(
            record,
            count=(lambda: texts.facts_of(data, model.vocab_size)) if reads else None,
            tokens=texts.counted(data) if reads else 0,
            twice=(lambda: twice(trainer)) if record.descends else None,
            total=(lambda: total(model, context)) if context is not None else None,
        )

    @property
    def verdicts(self) -> list[Verdict]:
        """The last word on each matter so far, the gravest first."""
        return sorted(self._said.values(), key=lambda said: -SEVERITIES.index(said.severity))

    @property
    def alarms(self) -> list[str]:
        """Codes of the alarms so far."""
        return [code for code, said in self._said.items() if said.severity == ALARM]

    def listen(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events, and the verdicts where they become true; the last event stays last."""
        for event in events:
            ends = isinstance(event, Finished | Failed)
            stopped = isinstance(event, Finished) and event.reason == "stopped"
            if not ends:
                yield event
            if isinstance(event, Examined):
                self._examined.append(event)
            else:
                self.record.add(event)
            looked = self._hear_examined(late=ends)
            if isinstance(event, Evaluated):
                self._evaluate_twice(event)
                self._add_up(event)
            self._count(late=ends and not stopped)
            if ends or looked or self._is_due(event):
                yield from self._new(event.step)
            if ends or isinstance(event, Evaluated):
                yield from self._again(event.step, last=ends)
            if isinstance(event, Finished) and self.record.descends and not self.alarms:
                yield self._say(judging.healthy(self.record), event.step)
            if ends:
                yield event

    def _hear_examined(self, *, late: bool) -> bool:
        """Those whose step the record has reached; whether there were any."""
        heard = [e for e in self._examined if late or e.step <= self.record.step]
        for event in heard:
            self.record.add(event)
            self._examined.remove(event)
        return bool(heard)

    def _is_due(self, event: Event) -> bool:
        if isinstance(event, Step) and event.step >= self._due:
            self._due = max(event.step + 1, int(event.step * GROWTH))
            return True
        return isinstance(event, Evaluated)

    def _new(self, step: int) -> Iterator[Diagnosed]:
        for verdict in judging.judge(self.record):
            if self._is_new(verdict):
                yield self._say(verdict, step)

    def _again(self, step: int, *, last: bool) -> Iterator[Diagnosed]:
        """What was said of how the run does, where it is otherwise now; `last`: and in the figures
        of its end."""
        now = {verdict.code: verdict for verdict in judging.judge(self.record)}
        for code in judging.PASSING:
            said, holds = self._said.get(code), now.get(code)
            if said is None or said.severity == OK:
                continue
            if holds is None:
                yield self._say(judging.over(said, step), step)
            elif holds.severity != said.severity or (last and holds != said):
                yield self._say(holds, step)

    def _say(self, verdict: Verdict, step: int) -> Diagnosed:
        self._said[verdict.code] = verdict
        return verdict.at(step)

    def _is_new(self, verdict: Verdict) -> bool:
        said = self._said.get(verdict.code)
        graver = SEVERITIES.index(verdict.severity) > SEVERITIES.index(said.severity) if said else 0
        return said is None or bool(graver)

    def _count(self, *, late: bool) -> None:
        """Count the texts, once."""
        if self.count is None or not (late or self.record.tokens >= self._count_at):
            return
        self.record.facts, self.count = self.count(), None

    def _add_up(self, event: Evaluated) -> None:
        """Whether what is scored are probabilities; the worst answer stays."""
        self._evaluations += event.split == "validation"
        known = self.record.total is not None and not is_one(*self.record.total[:2])
        if self.total is not None and not known and self._evaluations in ASKED:
            self.record.total = (*self.total(), event.step)

    def _evaluate_twice(self, event: Evaluated) -> None:
        """Once, as soon as the model says something."""
        says_nothing = abs(event.loss - self.record.uniform) < SAYS_SOMETHING
        if self.twice is None or says_nothing or event.split != "validation":
            return
        self.record.twice, self.twice = (*self.twice(), event.step), None


def twice(trainer: Trainer) -> tuple[float, float]:
    """The trainer's own evaluation of the same few tokens, two times; leaves everything as it was,
    a mixture's weight too, which an evaluation fits."""
    settings = trainer.settings
    buffers = [(buffer, buffer.clone()) for buffer in trainer.model.buffers()]
    trainer.settings = replace(settings, eval_tokens=min(TWICE_TOKENS, settings.eval_tokens))
    try:
        with trainer.weights.shown():
            return trainer.evaluate().loss, trainer.evaluate().loss
    finally:
        trainer.settings = settings
        with torch.no_grad():
            for buffer, before in buffers:
                buffer.copy_(before)

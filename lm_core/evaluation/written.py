"""ROUGE of text that a model wrote by itself, after the beginning of a paragraph.

The task is made of any running text, without a label by anybody. Of a paragraph of five sentences
or more

    prompt      its first three sentences, which are read
    reference   the next ones, up to three, which nobody is shown
    written     what the model puts there, up to three sentences, token by token from its own words

and ROUGE counts the words that `written` and `reference` share (`summaries.rouge`). It is no
summary: there are many good ways to go on and the reference is one of them, so all figures are low,
and they compare those who write; they do not say how good a text is. Beside every model stand

    lead-3      the first three sentences themselves, said again: who repeats the matter scores
    unrelated   what followed in another of these paragraphs: what any text of this kind scores

Where a text holds articles with summaries (`corpora/own_summaries.py`), the article and "TL;DR:"
are read, the summary is the reference, and lead-3 is the article's first three sentences: that is
summarisation. A short context keeps the beginning of an article.

n-shot prompting puts n examples, a whole paragraph each, before the prompt; nothing is learned. A
context that is too short for them is filled from its end: the oldest tokens are left out.

Papers: Lin 2004, "ROUGE"; See, Liu and Manning 2017, "Get To The Point", for lead-3 as a baseline;
Brown et al. 2020, "Language Models are Few-Shot Learners".
"""

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lm_core.corpora.own_summaries import MARK, parted
from lm_core.errors import BadText
from lm_core.evaluation.overlap import PRF
from lm_core.evaluation.summaries import ROUGES, rouge
from lm_core.generation.engine import continuation, generate
from lm_core.generation.samplers import SamplerSettings
from lm_core.models.contract import LanguageModel
from lm_core.tokenizers.tokenizer import Tokenizer

LEAD, FEWEST = 3, 5  # sentences of a prompt, and of a paragraph
SHOTS = (0, 1, 3)
MOST_TOKENS = 120  # written after a prompt
LOOK = 8  # tokens between two looks at how many sentences there are
LEAD_3, UNRELATED = "lead-3", "unrelated"
_ENDS = re.compile(r"""(?<=[.!?])["'”’)\]]*\s+(?=["'“‘(\[]*[^\Wa-z_])""")
_SHORT = re.compile(r"(?:^|[\s(])(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Gen|Hon|No|[A-Z]\.[A-Z])\.$")


@dataclass(frozen=True)
class Passage:
    """A paragraph, parted into what is read and what came next; or an article and its summary.

    Args:
        article: of which `reference` is the summary; "" of a paragraph.
    """

    prompt: str
    reference: str
    article: str = ""

    @property
    def lead(self) -> str:
        """The first three sentences."""
        return " ".join(sentences(self.article)[:LEAD]) if self.article else self.prompt


@dataclass(frozen=True)
class Piece:
    """What stands after the prompt of passage number `place`, and how much of the reference it
    holds."""

    who: str
    shots: int
    place: int
    text: str
    scores: dict[str, PRF]  # by the names in ROUGES
    given: int = 0  # tokens of examples and prompt
    seen: int = 0  # of those, that fitted into the context


@dataclass(frozen=True)
class Mean:
    """The figures of one who writes: means over passages."""

    who: str
    shots: int
    passages: int
    scores: dict[str, PRF]
    error: float  # standard error of the mean F1 of ROUGE-1; 0 of a single passage
    seen: float  # share of the tokens of examples and prompt that fitted; 1 where none were read


def sentences(text: str) -> list[str]:
    """The sentences of a text, by a simple rule: one ends at . ! or ? before a capital, a figure
    or a quotation mark, but not after an initial or a title."""
    found: list[str] = []
    text, begin = " ".join(text.split()), 0
    for end in _ENDS.finditer(text):
        if not _SHORT.search(text[begin : end.start()]):
            found.append(text[begin : end.end()].strip())
            begin = end.end()
    return [*found, text[begin:]] if text[begin:] else found


def passages(documents: Sequence[str], count: int, *, seed: int = 0) -> list[Passage]:
    """At most `count` different paragraphs of five sentences or more, drawn by `seed`. Paragraphs
    are parted by empty lines; where a document has none, each of its lines is one.

    Raises:
        BadText: there is not one.
    """
    known: dict[str, None] = {}
    for document in documents:
        parts = re.split(r"\n\s*\n", document.strip())
        whole = len(parts) > 1 or parted(parts[0])
        known |= dict.fromkeys(parts if whole else document.splitlines())
    drawn, found = list(known), []
    random.Random(seed).shuffle(drawn)
    for paragraph in drawn:
        if len(found) == count:
            break
        if both := parted(paragraph):
            found.append(Passage(f"{both[0]}\n{MARK}", both[1], both[0]))
            continue
        said = sentences(paragraph)
        if len(said) >= FEWEST:
            prompt, reference = said[:LEAD], said[LEAD : 2 * LEAD]
            found.append(Passage(" ".join(prompt), " ".join(reference)))
    if not found:
        raise BadText(
            f"No paragraph here has {FEWEST} sentences, of which three are read and the next are "
            "kept back: choose a longer text, with an empty line between paragraphs."
        )
    return found


def prompted(passage: Passage, examples: Sequence[Passage]) -> str:
    """The examples, a whole paragraph each, and then the beginning of the passage."""
    whole = [f"{one.prompt} {one.reference}" for one in examples]
    return "\n\n".join([*whole, passage.prompt])


def baselines(given: Sequence[Passage]) -> Iterator[Piece]:
    """Lead-3 of each passage, and what followed in the next of them (none where there is one)."""
    for place, one in enumerate(given):
        yield _piece(LEAD_3, 0, place, one.lead, one.reference)
        if len(given) > 1:
            other = given[(place + 1) % len(given)].reference
            yield _piece(UNRELATED, 0, place, other, one.reference)


def written(
    model: LanguageModel,
    tokenizer: Tokenizer,
    given: Sequence[Passage],
    examples: Sequence[Passage] = (),
    *,
    who: str = "model",
    shots: Sequence[int] = SHOTS,
    sampler: SamplerSettings | None = None,
    seed: int = 0,
    max_tokens: int = MOST_TOKENS,
) -> Iterator[Piece]:
    """What the model writes after each prompt, once for each number of examples, passage by
    passage. The passage number `k` is written with the seed `seed + k`.

    Args:
        examples: from which the first `n` are shown; at least as many as the most `shots`.

    Raises:
        BadSettings: a model that reads both sides, or a count out of range.
        BadText: fewer examples than shots.
    """
    if max(shots, default=0) > len(examples):
        raise BadText(f"There are {len(examples)} examples for {max(shots)}: give more text.")
    for place, one in enumerate(given):
        for n in shots:
            text = prompted(one, examples[:n])
            ids = tokenizer.encode(text, skip_unknown=True).tolist() or [tokenizer.boundary_id]
            seen = _fitting(tokenizer, ids, one, model.context_size, max_tokens)
            said = _write(model, tokenizer, text, seen, sampler, seed + place, max_tokens)
            if one.article:
                said = said.strip().partition("\n")[0]  # the next article is no summary
            said = " ".join(sentences(said)[:LEAD])
            yield _piece(who, n, place, said, one.reference, given=len(ids), seen=len(seen))


def means(pieces: Sequence[Piece]) -> list[Mean]:
    """The mean figures of all who wrote, in the order in which they are met, over those passages
    that every one of them has written after: nobody had easier ones."""
    by = _by_writer(pieces)
    common = set.intersection(*map(set, by.values())) if by else set()
    return [
        _mean(who, shots, [own[place] for place in sorted(common)])
        for (who, shots), own in by.items()
        if common
    ]


def apart(
    pieces: Sequence[Piece], one: tuple[str, int], other: tuple[str, int]
) -> tuple[float, float]:
    """How much more F1 of ROUGE-1 one writer (who, shots) has than another, on average over the
    passages of both, and the standard error of that: both had the same ones, so the differences of
    each passage are counted."""
    by = _by_writer(pieces)
    mine, theirs = by[one], by[other]
    return _spread([_f1(mine[k]) - _f1(theirs[k]) for k in mine if k in theirs])


def _by_writer(pieces: Sequence[Piece]) -> dict[tuple[str, int], dict[int, Piece]]:
    by: dict[tuple[str, int], dict[int, Piece]] = {}
    for piece in pieces:
        by.setdefault((piece.who, piece.shots), {})[piece.place] = piece
    return by


def _mean(who: str, shots: int, own: list[Piece]) -> Mean:
    n = len(own)
    scores = {
        name: PRF(*(sum(c) / n for c in zip(*(one.scores[name] for one in own), strict=True)))
        for name in ROUGES
    }
    given, seen = sum(one.given for one in own), sum(one.seen for one in own)
    share = seen / given if given else 1.0
    return Mean(who, shots, n, scores, _spread([*map(_f1, own)])[1], share)


def _f1(piece: Piece) -> float:
    return piece.scores["rouge1"].f1


def _spread(values: list[float]) -> tuple[float, float]:
    """Their mean and its standard error, which is 0 of a single one."""
    n = len(values)
    middle = sum(values) / n
    squares = sum((value - middle) ** 2 for value in values)
    return middle, math.sqrt(squares / (n - 1) / n) if n > 1 else 0.0


def _fitting(
    tokenizer: Tokenizer, ids: list[int], one: Passage, context: int | None, max_tokens: int
) -> list[int]:
    """What a context holds of a text: its end; of an article its beginning and the mark after it,
    with room for the summary."""
    if not one.article or context is None or len(ids) <= context - max_tokens:
        return ids[-(context or len(ids)) :]
    mark = tokenizer.encode(f"\n{MARK}", skip_unknown=True).tolist()
    article = tokenizer.encode(one.article, skip_unknown=True).tolist()
    room = max(1, context - min(max_tokens, context // 2) - len(mark))
    before = ids[: len(ids) - len(article) - len(mark)]  # examples, of which the last ones fit
    left = max(0, room - len(article))
    return [*(before[-left:] if left else []), *article[:room], *mark][-context:]


def _write(
    model: LanguageModel,
    tokenizer: Tokenizer,
    text: str,
    seen: list[int],
    sampler: SamplerSettings | None,
    seed: int,
    max_tokens: int,
) -> str:
    """Three sentences or more after the ids `seen`, the end of `text`; the last may be cut off by
    `max_tokens`."""
    ids: list[int] = []
    for step in generate(model, seen, max_tokens=max_tokens, sampler=sampler, seed=seed):
        ids.append(int(step.ids[0]))
        # A sentence is known to have ended when the next one has begun.
        if len(ids) % LOOK == 0 and len(sentences(tokenizer.decode(ids))) > LEAD:
            break
    return continuation(tokenizer, text, ids)


def _piece(who: str, shots: int, place: int, text: str, reference: str, **sizes: int) -> Piece:
    return Piece(who, shots, place, text, rouge([text], [reference]), **sizes)

"""Answers that the lab computes itself, when they are asked for.

    answer(Question(..., computed=Computed("next_token", (("model", "names-lstm"), ...))))

Each is a pure function of what it is given, with models, races and texts that ship; it is checked
against the options or the places of its question there. What it takes is checked as settings are.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import exp, isfinite, log
from typing import Any, NamedTuple

from lm_core.errors import BadText, UnknownName, nearest
from lm_core.lessons.question import Prediction, Question
from lm_core.lessons.reading import BadLesson
from lm_core.settings import Settings, setting
from lm_core.visible import visible

MOST_TEXT = 2000  # characters that a model reads for an answer
MODEL = "A model that ships, by the name of its folder: names-lstm."


@dataclass(frozen=True)
class OfPrompt(Settings):
    """A model, and what it reads."""

    model: str = setting("names-transformer", title="Model", help=MODEL)
    prompt: str = setting("", title="Prompt", help="What it reads; empty: it begins.")


@dataclass(frozen=True)
class OfText(Settings):
    """A model, and a text it scores."""

    model: str = setting("names-transformer", title="Model", help=MODEL)
    text: str = setting("emma", title="Text", help="What it scores; of a list each line an item.")


@dataclass(frozen=True)
class OfModel(Settings):
    """A model."""

    model: str = setting("names-transformer", title="Model", help=MODEL)


@dataclass(frozen=True)
class OfRace(Settings):
    """A race that ships, and families of it."""

    race: str = setting("names-10s", title="Race", help="One that ships: names-60steps.")
    families: str = setting("", title="Families", help="By name, with commas; empty: all of them.")


@dataclass(frozen=True)
class OfFamily(Settings):
    """A family in a race that ships."""

    race: str = setting("names-10s", title="Race", help="One that ships: names-60steps.")
    family: str = setting("lstm", title="Family", help="One that raced, by name.")


@dataclass(frozen=True)
class OfVocabulary(Settings):
    """Nothing but how many tokens there are."""

    vocab_size: int = setting(27, title="Vocabulary", low=1, high=10_000_000, help="Tokens.")


@dataclass(frozen=True)
class OfCase(Settings):
    """A case of the failure gallery."""

    case: str = setting("rate-too-high", title="Case", help="Of the failure gallery, by name.")


@dataclass(frozen=True)
class OfPair(Settings):
    """Two letters that follow each other in the names that ship. "" is where a name begins or
    ends."""

    first: str = setting("", title="First", help="A letter; empty: the beginning of a name.")
    second: str = setting("a", title="Second", help="A letter; empty: the end of a name.")


@dataclass(frozen=True)
class OfCut(Settings):
    """A text, and what cuts it."""

    cut: str = setting("gpt2", title="Cut by", help="gpt2, or a model that ships, by its folder.")
    text: str = setting("hii there", title="Text", help="What is cut into tokens.")


@dataclass(frozen=True)
class OfDie(Settings):
    """A die."""

    weights: str = setting("1 1 1 1", title="Sides", help="A weight for each, blanks between them.")


@dataclass(frozen=True)
class OfScores(Settings):
    """Scores that softmax is taken of, and which of the shares is asked for."""

    scores: str = setting("0 1", title="Scores", help="Numbers with blanks between them.")
    times: float = setting(
        1.0, title="Times", low=-1e3, high=1e3, help="What they are multiplied by."
    )
    place: int = setting(1, title="Place", low=1, high=64, help="Of the share, from 1.")


@dataclass(frozen=True)
class OfHeat(Settings):
    """A model, what it reads, and a temperature."""

    model: str = setting("names-transformer", title="Model", help=MODEL)
    prompt: str = setting("", title="Prompt", help="What it reads; empty: it begins.")
    temperature: float = setting(
        1.0, title="Temperature", low=0.01, high=10.0, help="What its scores are divided by."
    )


class Entry(NamedTuple):
    """One way to compute an answer, and the kinds of questions it can answer."""

    title: str
    settings: type[Settings]
    compute: Callable[[Any, Question], Prediction]
    kinds: tuple[str, ...]


def answer(question: Question) -> Prediction:
    """What the lab computes for a question that says how.

    Raises:
        LabError: nothing of that name, settings out of range, a model or a text that is not here,
            or an answer that is none of the options.
    """
    found, settings = entry_of(question)
    value = found.compute(settings, question)
    try:
        return question.prediction(value)
    except BadLesson:
        said = f"The lab finds {value!r}, which is none of the options: mend the question."
        raise BadLesson(said) from None


def entry_of(question: Question) -> tuple[Entry, Settings]:
    """How a question is answered, checked as far as it can be before anything is computed.

    Raises:
        LabError: as `answer`.
    """
    if question.computed is None:
        raise BadLesson("Nothing computes the answer to this question.")
    name = question.computed.name
    if name not in ANSWERS:
        raise UnknownName(f"The lab computes no {name!r}{nearest(name, list(ANSWERS))}")
    found = ANSWERS[name]
    if question.kind not in found.kinds:
        kinds = " or ".join(found.kinds)
        raise BadLesson(f"{name} answers a question of the kind {kinds}, not {question.kind}.")
    return found, found.settings.from_dict(dict(question.computed.given))


def _checkpoint(name: str) -> Any:
    """Raises UnknownName, BadCheckpoint."""
    from lm_core.checkpoints import load_checkpoint
    from lm_core.models.contract import LanguageModel
    from lm_core.runs.beginning import SHIPPED

    known = sorted(card.parent.name for card in SHIPPED.glob("*/meta.json"))
    if name not in known:
        raise UnknownName(f"No model that ships is called {name!r}{nearest(name, known)}")
    found = load_checkpoint(SHIPPED / name)
    if not isinstance(found.model, LanguageModel):
        raise BadLesson(f"{name} guesses no tokens of a text: choose a language model.")
    return found


def _next_token(given: OfPrompt, question: Question) -> str:
    """The likeliest token after a prompt, as text; the end of an item is "end"."""
    from lm_core.generation.engine import generate, prompt_ids
    from lm_core.generation.samplers import SamplerSettings

    found = _checkpoint(given.model)
    ids = prompt_ids(found.tokenizer, _short(given.prompt), items=found.items)
    (written,) = generate(found.model, ids, max_tokens=1, sampler=SamplerSettings(temperature=0.0))
    best = int(written.ids[0])
    if found.items and best == found.tokenizer.boundary_id:
        return "end"
    return visible(found.tokenizer.decode([best]))


def _perplexity(given: OfText, question: Question) -> float:
    """exp of the nats per token of a text."""
    return exp(_nats(given))


def _nats(given: OfText) -> float:
    from lm_core.evaluation.reading import given as read
    from lm_core.evaluation.score import evaluate

    found = _checkpoint(given.model)
    encoded = read(_short(given.text), found.tokenizer, items=found.items).encoded
    return evaluate(found.model, encoded).nats_per_token


def _surprise(given: OfText, question: Question) -> float:
    """Nats per token of a text."""
    return _nats(given)


def _parameters(given: OfModel, question: Question) -> float:
    """The numbers that training adjusts."""
    return float(_checkpoint(given.model).model.n_parameters)


def _initial_loss(given: OfVocabulary, question: Question) -> float:
    """ln V: the loss of a model that holds all tokens equally likely."""
    return log(given.vocab_size)


def _race(name: str) -> Any:
    """Raises UnknownName, BadCheckpoint."""
    from lm_core.runs.beginning import SHIPPED
    from lm_core.runs.race_file import read_race

    known = sorted(file.stem for file in (SHIPPED / "races").glob("*.json"))
    if name not in known:
        raise UnknownName(f"No race that ships is called {name!r}{nearest(name, known)}")
    return read_race(SHIPPED / "races" / f"{name}.json")


def _winner(given: OfRace, question: Question) -> str:
    """The family with the lowest mean validation loss, by its title."""
    from lm_core.models import models
    from lm_core.runs.race_table import ranked

    race = _race(given.race)
    raced = list(dict.fromkeys(one.model for one in race.results))
    asked = [name.strip() for name in given.families.split(",") if name.strip()] or raced
    for name in asked:
        if name not in raced:
            raise UnknownName(f"{name!r} did not race in {given.race}{nearest(name, raced)}")
    table = ranked([one for one in race.results if one.model in asked])
    return models[table[0].model].title


def _curve(given: OfFamily, question: Question) -> tuple[float, ...]:
    """The validation loss of the first seed of a family at each place, in nats: the last that was
    measured up to it."""
    race = _race(given.race)
    rows = {one.model: one for one in race.results if one.seed == 0}
    if given.family not in rows:
        raise UnknownName(f"{given.family!r} did not race{nearest(given.family, list(rows))}")
    curve, along = rows[given.family].curve, question.along
    if along not in ("steps", "seconds", "tokens"):
        raise BadLesson("A curve of a race goes along steps, seconds or tokens.")
    of = {"steps": "step"}.get(along, along)
    before = [[p.nats for p in curve if getattr(p, of) <= at] for at in question.at]
    if not all(before):
        raise BadLesson(
            f"{given.family} was measured first after {getattr(curve[0], of):g} {along}."
        )
    return tuple(nats[-1] for nats in before)


def _race_loss(given: OfFamily, question: Question) -> float:
    """Nats per token of validation text, the mean over the seeds of a family in a race."""
    found = [one for one in _race(given.race).results if one.model == given.family]
    if not found:
        raced = sorted({one.model for one in _race(given.race).results})
        raise UnknownName(f"{given.family!r} did not race{nearest(given.family, raced)}")
    return sum(one.figures["validation_nats"] for one in found) / len(found)


def _validation_loss(given: OfModel, question: Question) -> float:
    """Nats per token of the whole validation text of a model, read anew."""
    from lm_core.corpora import load_corpus
    from lm_core.encoded import encode_documents
    from lm_core.evaluation.score import evaluate

    found = _checkpoint(given.model)
    if not found.items:
        raise BadLesson(f"The text of {given.model} is too long to be read for an answer.")
    corpus = load_corpus(found.meta["corpus"]["name"])
    encoded = encode_documents(corpus.splits["validation"], found.tokenizer, items=True)
    return evaluate(found.model, encoded).nats_per_token


def _n_tokens(given: OfCut, question: Question) -> float:
    """How many tokens a text is cut into."""
    from lm_core.tokenizers.gpt2 import gpt2

    tokenizer = gpt2() if given.cut == "gpt2" else _checkpoint(given.cut).tokenizer
    return float(len(tokenizer.encode(_short(given.text))))


def _die_perplexity(given: OfDie, question: Question) -> float:
    """The sides of a fair die that is as hard to guess."""
    from lm_core.evaluation.dice import die

    return die(_numbers(given.weights)).perplexity


def _softmax_share(given: OfScores, question: Question) -> float:
    """The share of one of some scores after softmax."""
    import torch

    scores = torch.tensor(_numbers(given.scores), dtype=torch.float64) * given.times
    if given.place > len(scores):
        raise BadLesson(f"There are {len(scores)} scores: ask for one of them.")
    return torch.softmax(scores, 0)[given.place - 1].item()


def _top_probability(given: OfHeat, question: Question) -> float:
    """The probability of the likeliest token after a prompt, at a temperature."""
    import torch

    from lm_core.generation.engine import prompt_ids

    found = _checkpoint(given.model)
    ids = prompt_ids(found.tokenizer, _short(given.prompt), items=found.items)
    with torch.no_grad():
        logits, _ = found.model(torch.tensor([ids]), None)  # (1, T, V)
    return torch.softmax(logits[0, -1].double() / given.temperature, 0).max().item()


def _numbers(text: str) -> list[float]:
    """Raises BadLesson."""
    try:
        found = [float(one) for one in text.replace(",", " ").split()]
    except ValueError:
        raise BadLesson("Write numbers with blanks between them.") from None
    if not 1 <= len(found) <= 64 or not all(map(isfinite, found)):
        raise BadLesson("Write one to 64 finite numbers.")
    return found


def _cure(given: OfCase, question: Question) -> str:
    """What mends a case of the gallery."""
    from lm_core.runs.gallery import case

    return case(given.case).mend


def _verdict(given: OfCase, question: Question) -> str:
    """The code of the verdict that finds a case of the gallery."""
    from lm_core.runs.gallery import case

    return case(given.case).expected


def _pair_count(given: OfPair, question: Question) -> float:
    """How often a letter follows another in the training split of the names."""
    from lm_core.corpora import load_corpus

    if max(len(given.first), len(given.second)) > 1:
        raise BadLesson("A pair is two letters, of which one may be empty.")
    pair = (given.first, given.second)
    names = load_corpus("names").splits["train"]
    if pair == ("", ""):
        return 0.0
    if "" not in pair:
        return float(sum(Counter(pairwise(n))[pair] for n in names))
    at, letter = (0, given.second) if not given.first else (-1, given.first)
    return float(sum(name[at] == letter for name in names if name))


def _short(text: str) -> str:
    if len(text) > MOST_TEXT:
        raise BadText(f"A text for an answer may have {MOST_TEXT:,} characters: shorten it.")
    return text


ANSWERS = {
    "next_token": Entry("The likeliest next token", OfPrompt, _next_token, ("choice",)),
    "perplexity": Entry("Perplexity of a text", OfText, _perplexity, ("number",)),
    "surprise": Entry("Nats per token of a text", OfText, _surprise, ("number",)),
    "n_parameters": Entry("Parameters of a model", OfModel, _parameters, ("number",)),
    "initial_loss": Entry("Loss before training, ln V", OfVocabulary, _initial_loss, ("number",)),
    "winner": Entry("The family that wins a race", OfRace, _winner, ("choice",)),
    "curve": Entry("The loss of a family in a race", OfFamily, _curve, ("curve",)),
    "cure": Entry("What mends a case of the gallery", OfCase, _cure, ("choice",)),
    "verdict": Entry("The verdict on a case of the gallery", OfCase, _verdict, ("choice",)),
    "validation_loss": Entry("Validation loss of a model", OfModel, _validation_loss, ("number",)),
    "race_loss": Entry("The loss a family came to in a race", OfFamily, _race_loss, ("number",)),
    "n_tokens": Entry("Tokens that a text is cut into", OfCut, _n_tokens, ("number",)),
    "die_perplexity": Entry("Perplexity of a die", OfDie, _die_perplexity, ("number",)),
    "softmax_share": Entry("A share after softmax", OfScores, _softmax_share, ("number",)),
    "top_probability": Entry(
        "Probability of the likeliest token", OfHeat, _top_probability, ("number",)
    ),
    "pair_count": Entry("How often two letters meet", OfPair, _pair_count, ("number",)),
}

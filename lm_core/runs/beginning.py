"""What a run begins with: random weights, or those of a names model that ships (fine-tuning).

Sixty town names are too few to learn what a name is. A model that has read twenty-seven thousand
first names knows how letters follow each other, and has only to learn what is special about towns.

The list has letters of its own. A letter that the names model never read takes the numbers of the
nearest one that it did, "É" and "é" those of "e"; one that has none ("-", a blank) begins as in an
untrained model. Rows of letters that the list does not use are left behind.

Letters that begin as one would be as likely as each other everywhere, and a list of town names
would come out as "MariSabelaM". They share what the names model gives that one letter as they share
it in the list:

    logit(l) = logit of the letter it begins as
               + ln P(a capital, or a small one | first of an item, after a letter, after else)
               + ln P(l | which of the two, and what it begins as)

The logits are W h: by ridge regression over the hidden states h that the list gives, the rows of W
are moved as little as says so.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import torch

from lm_core.checkpoints import load_checkpoint, read_meta
from lm_core.encoded import Encoded
from lm_core.errors import BadCheckpoint, BadSettings
from lm_core.home import SHIPPED
from lm_core.models import LanguageModel, models
from lm_core.models.building import blueprint
from lm_core.models.contract import IGNORED
from lm_core.runs.recipes import FINE_TUNING
from lm_core.runs.spec import NAMES, RunSpec
from lm_core.settings import Settings
from lm_core.tokenizers import Tokenizer
from lm_core.windows import cut, gather

FREE = ("block_size", "dropout", "locked_dropout", "embedding_dropout", "weight_drop", "ar", "tar")
TOLD = 6  # letters that a sentence names
UNSEEN = 0.02  # how often a letter comes, at least, where the list has none
ROWS = 1000  # of a text, at most, that are read for it: all of a short list
RIDGE = 0.01  # of the mean square of a hidden state: what moving a row costs


def folder_of(family: str) -> Path | None:
    """The names model of a family that can be tuned; None where none ships, or how it is done was
    never tried."""
    folder = SHIPPED / f"names-{family}"
    return folder if family in FINE_TUNING and (folder / "meta.json").exists() else None


def families() -> list[str]:
    """The families of which a names model ships that can be tuned."""
    return [name for name in models.names() if folder_of(name)]


@cache
def model_settings(family: str) -> Settings:
    """The settings of a family's names model.

    Raises:
        BadCheckpoint: there is none, or it is damaged.
    """
    folder = folder_of(family)
    if folder is None:
        raise BadCheckpoint(f"No names model of the family {family} ships with the lab.")
    said = {k: v for k, v in read_meta(folder)["model"].items() if k != "name"}
    return models[family].settings.from_dict(said)


def begin(model: LanguageModel, tokenizer: Tokenizer, spec: RunSpec, train: Encoded) -> str:
    """Give an untrained model what the spec wants it to begin with; in a sentence, "" where that is
    nothing.

    Args:
        train: the list, as the model will read it.

    Raises:
        BadSettings: as `check_beginning`.
    """
    if spec.start.origin != NAMES:
        return ""
    check_beginning(spec)
    source = load_checkpoint(folder_of(spec.model_name))
    near = {letter: nearest_letter(letter, source.tokenizer.chars) for letter in tokenizer.chars}
    rows = [k for k, letter in enumerate(tokenizer.chars) if near[letter]]
    taken = [source.tokenizer.chars.index(near[tokenizer.chars[k]]) for k in rows]
    by_letter, given = letter_axes(spec), source.model.state_dict()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name not in by_letter:
                tensor.copy_(given[name])
                continue
            axis = by_letter[name]
            found = given[name].index_select(axis, torch.tensor(taken))
            tensor.index_copy_(axis, torch.tensor(rows), found)
    share_among_letters(model, tokenizer.chars, near, train)
    return _told(near, source.meta)


def share_among_letters(
    model: LanguageModel, letters: list[str], near: dict[str, str], train: Encoded
) -> None:
    """Move the output rows of letters that began as others: each comes as often as in the list.

    Args:
        letters: V of them, in the order of their ids.
        near: letter -> what it begins as, "" for one that begins untrained.
    """
    rows = cut(train, getattr(model.settings, "block_size", 64))[:ROWS]
    idx, targets = gather(train.ids, rows)  # (R, T)
    asked = targets != IGNORED
    kinds = torch.tensor([0 if letter == "\n" else 1 + letter.isalpha() for letter in letters])
    kind, after = kinds[idx[asked]], targets[asked]  # (N,)
    logs = log_shares(letters, near, kind, after)  # (3, V)
    with torch.no_grad():
        h = model.eval().hidden(idx)[0][asked]  # (N, D)
        sums = torch.zeros(3, h.size(1)).index_add_(0, kind, h)  # (3, D)
        cost = RIDGE * h.square().mean() * len(h) * torch.eye(h.size(1))
        # H.T @ (the logs of each place): what is wanted is the same after each kind.
        model.head.weight += torch.linalg.solve(h.T @ h + cost, sums.T @ logs).T  # (V, D)


def log_shares(
    letters: list[str], near: dict[str, str], kind: torch.Tensor, after: torch.Tensor
) -> torch.Tensor:
    """What each letter's logit is moved by, 0 where it stays: (3, V), a row for each kind of place.

    Args:
        kind, after: (N,) places of the list, first of an item (0), after another sign (1) or after
            a letter (2), and the id of the letter there.
    """
    V = len(letters)
    known = torch.tensor([letter.isalpha() and near[letter] != "" for letter in letters])
    big = torch.tensor([letter.isupper() for letter in letters])
    counts = torch.zeros(3, V).index_put_((kind, after), torch.ones(len(after)), accumulate=True)
    counts = counts * known
    capitals = (counts @ big.float() / counts.sum(1)).nan_to_num(0.5).unsqueeze(1)  # (3, 1)
    case = torch.where(big, capitals, 1 - capitals)  # (3, V)
    number = {one: k for k, one in enumerate(dict.fromkeys(near.values()))}
    group = 2 * torch.tensor([number[near[letter]] for letter in letters]) + big  # (V,)
    anywhere = counts.sum(0)
    together = torch.zeros(2 * len(number)).index_add_(0, group, anywhere)[group]  # (V,)
    share = (anywhere / together).nan_to_num(1.0)
    moved = case.clamp(min=UNSEEN).log() + share.clamp(min=UNSEEN).log()
    return moved.masked_fill(~known, 0.0)


def letter_axes(spec: RunSpec) -> dict[str, int]:
    """Name of a tensor -> the axis along which there is a row for each letter, of those that have
    one: the axis that grows with the alphabet."""
    one, other = (blueprint(spec.model_name, spec.model.to_dict(), size) for size in (2, 3))
    shapes = {name: tensor.shape for name, tensor in other.state_dict().items()}
    return {
        name: axis
        for name, tensor in one.state_dict().items()
        for axis, size in enumerate(tensor.shape)
        if size != shapes[name][axis]
    }


def check_beginning(spec: RunSpec) -> None:
    """Refuse what cannot be begun, before a text is read for it.

    Raises:
        BadSettings: the names model, which the spec wants to begin with, is of another family,
            shape or tokenizer; says what to change.
    """
    if spec.start.origin != NAMES:
        return
    if folder_of(spec.model_name) is None:
        titles = " and ".join(models[name].title for name in families()) or "none here"
        raise BadSettings(
            f"A names model to begin with ships of these families: {titles}. Choose one of them, "
            "or let “Start from” (start.origin) be fresh."
        )
    if spec.codec_name != "char":
        raise BadSettings(
            "The names model reads characters: choose that tokenizer, or let “Start from” "
            "(start.origin) be fresh."
        )
    check_settings(
        "The names model",
        model_settings(spec.model_name),
        spec.model,
        free=FREE,
        otherwise="let “Start from” (start.origin) be fresh",
    )


def check_settings(
    called: str, wanted: Settings, given: Settings, *, free: Collection[str], otherwise: str
) -> None:
    """A model that begins with the weights of another has its settings, but for those that are
    `free`.

    Args:
        called: the other model, in words.
        otherwise: what to do where it is not to have them, in words.

    Raises:
        BadSettings: one differs; says which, and its value.
    """
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if field.name not in free and getattr(given, field.name) != value:
            raise BadSettings(
                f"{called} has “{field.metadata['title']}” (model.{field.name}) {value}: set it "
                f"so, or {otherwise}."
            )


def nearest_letter(letter: str, known: list[str]) -> str:
    """The letter itself, in small, or without its accents, where it is known so; "" otherwise."""
    plain = unicodedata.normalize("NFD", letter.lower())[:1]
    return next((one for one in (letter, letter.lower(), plain) if one in known), "")


def _told(near: dict[str, str], card: dict[str, Any]) -> str:
    other = [letter for letter, one in near.items() if one and one != letter]
    none = [letter for letter, one in near.items() if not one]
    said = [f"It began with the weights of “{card.get('title', 'the names model')}”."]
    if other:
        example = other[-1]  # one with an accent, where there is any
        count = "One letter" if len(other) == 1 else f"{len(other)} letters"
        said.append(
            f"{count} that it never read began as the nearest it did, “{example}” as "
            f"“{near[example]}”."
        )
    if none:
        named = ", ".join("a blank" if one == " " else f"“{one}”" for one in none[:TOLD])
        more = f" and {len(none) - TOLD} more" if len(none) > TOLD else ""
        said.append(f"Of {named}{more} it knew nothing.")
    return " ".join(said)

"""Names from models that learned a list: written by the twenty, and held against that list."""

from dataclasses import dataclass
from unicodedata import normalize

import streamlit as st

from lm_core.charts import words
from pages._ui.shared import models, own_texts
from pages._ui.shared.language import say
from pages._ui.shared.plain import plain, safe

LEARNED, HELD_OUT, NEW = "learned", "held out", "new"
LONGEST = 30  # letters; the longest real name has 15
LINES = "columns:7.5rem;column-gap:1rem;line-height:1.75;overflow-wrap:anywhere"  # all in view
LINE = '<div style="border-top:1px solid rgba(128,128,128,0.4);margin:8px 0"></div>'  # two batches
_TAGS = {
    NEW: ("new", "rgba(0,114,178,0.16)", "in no list at all"),
    HELD_OUT: ("held out", "rgba(0,158,115,0.20)", "a real name that was kept from it"),
}


@dataclass(frozen=True)
class Lists:
    """The list a model learned from, and the real names that were kept from it."""

    learned: frozenset[str]
    held_out: frozenset[str]

    def kind(self, name: str) -> str:
        if name in self.learned:
            return LEARNED
        return HELD_OUT if name in self.held_out else NEW


def labels(choices: list[models.Choice]) -> list[str]:
    """Short names, no two alike: the family of those that ship, and what owners call theirs."""
    from lm_core.models import models as families

    short = []
    for choice in choices:
        order = choice.card["model"].get("order")
        family = families[choice.family].title + (f", order {order}" if order else "")
        ours = choice.folder.parent == models.SHIPPED or choice.made is not None
        short.append(family if ours else choice.label)
    return words.numbered_apart(short)


def lists(corpus: str) -> Lists | None:
    """The lists of a corpus; None where it is not on this machine."""
    found = models.corpus_of(corpus)
    return _lists(found.fingerprint, found.splits) if found is not None else None


@st.cache_resource(max_entries=4, show_spinner=False)
def _lists(text: str, _splits: dict[str, list[str]]) -> Lists:
    return Lists(frozenset(_splits["train"]), frozenset(_splits["validation"] + _splits["test"]))


def twenty(choice: models.Choice, begins: str, temperature: float, seed: int) -> list[str]:
    """Twenty names that begin with `begins`.

    Raises:
        BadText: it holds a letter that the model never saw.
    """
    return _twenty(str(choice.folder), models.stamp(choice), begins, temperature, seed, choice)


@st.cache_data(max_entries=256, show_spinner=False)
def _twenty(
    folder: str, stamp: float, begins: str, temperature: float, seed: int, _choice: models.Choice
) -> list[str]:
    from lm_core.generation import SamplerSettings, write_text

    checkpoint = models.load(_choice)
    return write_text(
        checkpoint.model,
        checkpoint.tokenizer,
        spelled(_choice, begins),
        max_tokens=LONGEST,
        sampler=SamplerSettings(temperature=temperature),
        samples=20,
        seed=seed,
        items=True,
    )


def spelled(choice: models.Choice, name: str) -> str:
    """`name` as the model writes: in small letters, or in capitals, where it knows no others."""
    tokenizer = models.load(choice).tokenizer
    name = tokenizer.read(name.strip())
    written = (name, name.lower(), name.title(), name.upper())
    return min(written, key=tokenizer.count_unknown)  # the first of equals


def strange(choice: models.Choice, name: str) -> list[str]:
    """The letters of `name` that the model never read, where it can therefore not read it."""
    from lm_core.errors import BadText

    tokenizer, name = models.load(choice).tokenizer, spelled(choice, name)
    try:
        tokenizer.encode(name)
    except BadText:
        return [letter for letter in dict.fromkeys(name) if tokenizer.count_unknown(letter)]
    return []


def unread(found: dict[str, list[str]], *, of: int, typed: str, key: str) -> None:
    """One sentence for all models that cannot read what was `typed` into the widget under `key`,
    and a button that mends it.

    Args:
        found: label of a model -> letters that it never read.
        of: how many models there are.
    """
    letters = list(dict.fromkeys(letter for one in found.values() for letter in one))
    said = ", ".join(f"“{plain(letter)}”" for letter in letters[:5])
    labels = " and ".join(plain(label) for label in found)
    has = "has" if len(found) == 1 else "have"
    who = "these models have" if len(found) == of > 1 else f"{labels} {has}"
    st.error(f"{said} {'is' if len(letters) == 1 else 'are'} in no name that {who} read.")

    def mend() -> None:
        st.session_state[key] = without(typed, letters)

    them = "it" if len(letters) == 1 else "them"
    st.button(f"Leave {them} out", on_click=mend, key=f"{key}-mend")


def without(typed: str, letters: list[str]) -> str:
    """What was typed without these letters, large or small, however they were typed."""
    out = {letter.casefold() for letter in letters}
    for text in (typed, normalize("NFC", typed)):
        left = "".join(letter for letter in text if letter.casefold() not in out).strip()
        if left != text.strip():
            return left
    return ""


def tagged(names: list[str], known: Lists | None) -> str:
    """Safe HTML: a line a name, those that are not in the learned list marked."""
    lines = []
    for name in names:
        text = safe(name) or "∅"
        kind = known.kind(name) if known else LEARNED
        if kind in _TAGS:
            tag, fill, meaning = _TAGS[kind]
            text += (
                f' <span title="{say(meaning)}" style="background:{fill};border-radius:4px;'
                f'padding:1px 5px;font-size:0.85em;white-space:nowrap">{say(tag)}</span>'
            )
        lines.append(f'<div style="break-inside:avoid">{text}</div>')
    return f'<div style="{LINES}">{"".join(lines)}</div>'


def shares(names: list[str], known: Lists | None) -> str:
    """Safe HTML: how many of the names are new."""
    if known is None:
        return "<small>Its list is not on this machine, so nothing can be marked as new.</small>"
    from lm_core.evaluation.novelty import new_share

    unlearned = new_share(names, known.learned)
    new = new_share(names, known.learned | known.held_out)
    said = words.percent(new), words.percent(unlearned - new)
    return say(f"<b>{said[0]}</b> new, <b>{said[1]}</b> held out <small>of {len(names)}</small>")


def experience(choice: models.Choice) -> str:
    """What the model read, and whose it is, as Markdown."""
    known, corpus = lists(choice.corpus), choice.card.get("corpus", {})
    read = f"Read {words.count(len(known.learned), 'name')} of " if known else "Read "
    title = own_texts.called(choice.corpus) or corpus.get("title", "own text")
    return (
        f"{read}“{plain(title)}”. {plain(corpus.get('licence', ''))} Nats per character: how "
        "surprised it is by names it never read; lower is better."
    )

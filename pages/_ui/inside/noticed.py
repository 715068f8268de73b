"""What the heads do on a text, in words and in figures."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pages._ui.inside.sides import Side
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.inspection import AcrossReading, HeadReading


def notice(side: Side) -> str:
    """What the heads do on this text, read off their weights."""
    if side.across:
        return _across(side)
    if not side.heads:
        return "A single token has only itself to look at: give it more."
    says = [_beside(side.heads, "previous", "previous token", "just before")]
    if not side.view.causal:
        says.append(_beside(side.heads, "following", "next token", "just after"))
    says.extend(_again(side.heads))
    first = [head for head in side.heads if head.kind == "first token"]
    if first:
        says.append(
            f"{len(first)} rest on the first token, as heads do that have nothing to look for"
            if len(first) > 1
            else f"{_name(first[0])} rests on the first token, as heads do with nothing to look for"
        )
    return "; ".join([*says, *_decided(side.heads)]) + "."


def _beside(heads: "list[HeadReading]", share: str, kind: str, where: str) -> str:
    """How many heads look mostly at the token beside, on one side."""
    from lm_core.charts.words import percent

    there = [head for head in heads if head.kind == kind]
    best = max(there or heads, key=lambda head: getattr(head, share))
    most = percent(getattr(best, share))
    if not there:
        return (
            f"no head looks mostly at the token {where} here; the most any gives it is {most}, "
            f"{_name(best)}"
        )
    if len(there) > 1:
        return (
            f"{len(there)} of {len(heads)} heads look mostly at the token {where}, most of all "
            f"{_name(best)} ({most} on average)"
        )
    return f"{_name(best)} looks mostly at the token {where} ({most} on average)"


def _across(side: Side) -> str:
    """What the heads do with the other text."""
    from lm_core.charts.words import percent

    heads = side.crossing
    if not heads:
        return "There is a single token to look at, which gets all: give it more."
    says = []
    resting = max(heads, key=lambda head: head.nothing)
    if side.view.nothing and len(heads) > 1:
        says.append(
            f"{_name(resting)} rests most on {side.columns[0]}, which is no token "
            f"({percent(resting.nothing)} on average)"
        )
    along = [head for head in heads if head.onward == head.onward]
    if along and len(side.rows) > 2:
        best = max(along, key=lambda head: head.onward)
        who = _name(best) if len(heads) > 1 else "it"
        says.append(
            f"in {percent(best.onward)} of the steps from one token to the next {who} stays where "
            "it looks most, or moves on"
        )
    return "; ".join([*says, *_decided(heads, "columns" if side.view.nothing else "tokens")]) + "."


def _decided(heads: Sequence[Any], tokens: str = "tokens") -> list[str]:
    """The heads that share their look among fewest and among most."""
    sharp = min(heads, key=lambda head: head.entropy)
    broad = max(heads, key=lambda head: head.entropy)
    if len(heads) == 1:
        return [f"it shares its look among some {sharp.breadth:.1f} {tokens}"]
    return [
        f"{_name(sharp)} is the most decided (it shares its look among some {sharp.breadth:.1f} "
        f"{tokens}), {_name(broad)} the least (among {broad.breadth:.1f})"
    ]


def _again(heads: "list[HeadReading]") -> list[str]:
    """What the heads make of tokens that came before, where any did."""
    from lm_core.charts.words import percent

    if any(head.after_repeat != head.after_repeat for head in heads):
        return []
    after = max(heads, key=lambda head: head.after_repeat)
    copy = max(heads, key=lambda head: head.repeated)
    said = (
        f"where a token stands further back already, {_name(copy)} gives that copy "
        f"{percent(copy.repeated)}, and {_name(after)} the token after the copy "
        f"{percent(after.after_repeat)}"
    )
    return [said + ", as if it asked how it went on last time" * (after.kind == "after a copy")]


def head_table(side: Side, *, key: str = "attention-heads") -> None:
    """Every head in figures."""
    import pandas as pd

    columns = {"layer": "layer", "head": "head"}
    if side.across:
        columns |= {"nothing": f"to {side.columns[0]}"} if side.view.nothing else {}
        columns |= {"onward": "steps onward (share)"}
    else:
        columns |= {"called": "looks mostly at", "previous": "to the one before"}
        columns |= {} if side.view.causal else {"following": "to the one after"}
        columns |= {"itself": "to itself", "first": "to the first"}
        columns |= {"repeated": "to an earlier copy", "after_repeat": "to what came after a copy"}
    columns |= {"entropy": "entropy (nats)", "breadth": "spread (tokens)"}
    columns |= {} if side.across else {"evenness": "of an even look"}
    heads = [
        replace(head, layer=head.layer + 1, head=head.head + 1)
        for head in side.heads or side.crossing
    ]
    rows = [[getattr(head, name) for name in columns] for head in heads]
    table = pd.DataFrame(rows, columns=list(columns.values())).round(3).dropna(axis="columns")
    show_table(table, key=key, height=300)


def _name(head: "HeadReading | AcrossReading") -> str:
    return f"layer {head.layer + 1} head {head.head + 1}"

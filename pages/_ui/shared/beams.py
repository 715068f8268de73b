"""A beam search as a picture wants it: the tree of what competed, and the texts that were found."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pages._ui.shared.plain import safe

if TYPE_CHECKING:
    from lm_core.charts.beam_tree import Twig
    from lm_core.generation.beam import Beams


def tree(
    beams: "Beams", best: Sequence[int], token_text: Callable[[int], str]
) -> "list[list[Twig]]":
    """The steps of a search: each continuation below the one it grew from.

    Args:
        best: the ids of the best text, the one that ended it among them where one did.
        token_text: of an id.
    """
    import math

    from lm_core.charts.beam_tree import Twig

    steps: list[list[Twig]] = []
    grew: list[int | None] = [None]  # of each beam that is open, its place in the step before
    at: int | None = None  # where the best text stands in the step before
    for t, branches in enumerate(beams.steps):
        row, now = [], None
        for place, branch in enumerate(branches):
            parent = grew[branch.parent]
            on_path = t < len(best) and branch.id == best[t] and parent == at
            now = place if on_path else now
            row.append(
                Twig(
                    parent,
                    token_text(branch.id),
                    math.exp(branch.logprob),
                    branch.total,
                    branch.fate,
                    on_path,
                )
            )
        grew = [place for place, branch in enumerate(branches) if branch.fate == "open"]
        steps.append(row)
        at = -1 if now is None else now  # it ended before
    return steps


def listed(texts: Sequence[tuple[str, float, bool]]) -> str:
    """Safe HTML: texts with their scores and whether they ended, the best first."""
    rows = "".join(
        f"<li>{'<b>' * (n == 0)}{safe(text) or '(nothing)'}{'</b>' * (n == 0)}"
        f' <span style="opacity:0.75">score {score:.3g}{"" if ended else ", cut off"}</span></li>'
        for n, (text, score, ended) in enumerate(texts)
    )
    return f'<ol style="overflow-wrap:anywhere;line-height:1.6;margin:0">{rows}</ol>'

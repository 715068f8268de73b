"""What a model costs, as formulas in the letters of its sizes.

    costs = model.costs()
    costs.total("parameters")                 # the sum of all terms, as the settings are
    costs.total("operations", T=1024)         # what it were with another context
    costs.formula("parameters")               # "12 L C² + 2 V C"

A family writes its formulas beside its code (`costs` in its file) as terms that are added up. They
are what is shown and what is computed, so that no page can say another formula than the number
beside it; tests hold the numbers against PyTorch's own counters, for every family.

    parameters   numbers that learning adjusts
    operations   of a forward pass, for each token of a full context: products with a matrix count
                 two operations a weight (a multiplication and an addition), as is usual; learning
                 takes twice as many more, one for the gradient of each side of a product
    kept         numbers that the graph keeps for the way back, for each token while it learns, as
                 PyTorch's own functions on a CPU keep them; the weights are not among them
    state        numbers that writing carries to the next token after a full context: a hidden
                 state, a cache

Left out, and small: ids, whatever is kept once for a batch, additions and activations.

Letters: T context, V vocabulary; the others each family explains.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lm_core.models.formulas import readable, renamed, value

WHAT = ("parameters", "operations", "kept", "state")
LEARNING = 3  # forward passes that a step of learning is worth: its way back takes two


@dataclass(frozen=True)
class Term:
    """One part of a model. Each formula is for one such part; there are `times` of them."""

    part: str
    parameters: str = ""
    operations: str = ""
    kept: str = ""
    state: str = ""
    times: str = ""

    def formula(self, what: str) -> str:
        """One of `WHAT`, all of its parts together; "" where there is nothing."""
        formula = getattr(self, what)
        return f"({self.times})*({formula})" if formula and self.times else formula


@dataclass(frozen=True)
class Costs:
    """The terms of a model, what its letters stand for (a setting, or words) and are now."""

    letters: Mapping[str, int]
    meaning: Mapping[str, str]
    terms: tuple[Term, ...]

    def of(self, term: Term, what: str, **other: int) -> int:
        """A term's number of `what`, one of `WHAT`, with other values of some letters."""
        return value(term.formula(what), {**self.letters, **other})

    def total(self, what: str, **other: int) -> int:
        """The sum over all terms; arguments as in `of`."""
        return sum(self.of(term, what, **other) for term in self.terms)

    def formula(self, what: str) -> str:
        """The whole as one reads it: of a Transformer's parameters "12 L C² + 2 V C"."""
        return readable(" + ".join(f"({f})" for t in self.terms if (f := t.formula(what))))

    def parts(self, what: str) -> list[tuple[str, str, int]]:
        """(part, its formula as one reads it, its number) of all that have any."""
        found = ((t, self.of(t, what)) for t in self.terms)
        return [(t.part, readable(t.formula(what)), number) for t, number in found if number]


def together(*several: tuple[str, "Costs"]) -> Costs:
    """One of a model made of several, each under its title; their letters are told apart by it."""
    letters: dict[str, int] = {}
    meaning: dict[str, str] = {}
    terms: list[Term] = []
    for n, (title, costs) in enumerate(several):
        other = {
            letter: letter if letter in ("T", "V") else f"{letter}{n + 1}"
            for letter in costs.letters
        }
        for letter, new in other.items():
            letters[new] = max(costs.letters[letter], letters.get(new, 0))
            if letter in costs.meaning:
                meaning[new] = f"{costs.meaning[letter]} of {title}"
        for term in costs.terms:
            changed = {what: renamed(getattr(term, what), other) for what in (*WHAT, "times")}
            terms.append(replace(term, part=f"{title}: {term.part}", **changed))
    return Costs(letters, meaning, tuple(terms))


def linear(n_in: str, n_out: str, *, bias: bool) -> tuple[str, str]:
    """Parameters and operations of a matrix (and its bias), sizes being formulas."""
    product = f"({n_in})*({n_out})" if "+" in n_in + n_out else f"{n_in}*{n_out}"
    return product + (f" + {n_out}" if bias else ""), f"2*{product}"


def table(rows: str = "V", width: str = "C", *, part: str = "table of tokens", **more: str) -> Term:
    """A table of which a token needs one row: nothing is multiplied."""
    return Term(part, parameters=f"{rows}*{width}", **more)

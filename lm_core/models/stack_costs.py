"""The costs of what all Transformers are made of: tables, blocks and a head, as formulas.

`s` are a `TransformerSettings`. Sizes: T context, V vocabulary, C = n_embd, H = n_head, L = n_layer
and G = n_kv_head.
`costs.py` says what is counted.
"""

from collections.abc import Mapping

from lm_core.models.attention import SHORT
from lm_core.models.costs import Term, linear
from lm_core.models.heads import head_terms
from lm_core.settings import Settings

STACK = {"C": "n_embd", "H": "n_head", "L": "n_layer", "G": "n_kv_head"}


def stack_letters(s: Settings, vocab_size: int) -> dict[str, int]:
    """What the letters are; G only where heads share keys and values."""
    letters = {"C": s.n_embd, "H": s.n_head, "L": s.n_layer, "T": s.block_size, "V": vocab_size}
    return letters | ({"G": s.n_kv_head} if keys(s) != "C" else {})


def keys(s: Settings) -> str:
    """Numbers of the keys of a token, all heads together."""
    return "C" if s.n_kv_head in (0, s.n_head) else "(C*G//H)"


def table_terms(s: Settings, places: str, *, rows: str = "V") -> list[Term]:
    """The table of tokens, that of places where they are learned, and what the blocks read."""
    kept = ("C" if s.norm == "rms" else "") + (" + C" if s.dropout else "")
    tokens = Term("table of tokens", f"{rows}*C", kept=kept.removeprefix(" + "))
    learned = Term("table of places", f"({places})*C")
    return [tokens, learned] if s.position == "learned" else [tokens]


def block_terms(
    s: Settings,
    *,
    of: str = "",
    seen: str = "T",
    share: str = "",
    cross: str = "",
    tokens: int | None = None,
    masked: bool = False,
) -> list[Term]:
    """All blocks of a stack.

    Args:
        of: put before the name of each part.
        seen: tokens that each looks at.
        share: tokens that go through the blocks for each that is counted; "" is one.
        cross: tokens of the memory, for an attention across two texts; "" is none.
        tokens: of the text that is not the model's own context: S, or as many as there are.
        masked: whether padding is kept out of each text's own weights.
    """
    own = s.block_size if tokens is None or cross else tokens
    terms = attention_terms(s, seen=seen, short=own <= SHORT, masked=masked)
    if cross:
        near = tokens is not None and tokens < SHORT
        terms += attention_terms(s, seen=cross, short=near, across=True)
    terms.append(_mlp(s))
    norms, kept = 3 if cross else 2, 1 if s.norm == "rms" else 2
    weights = f"{norms}*{_scale(s)}" if _scale(s) else ""
    terms.append(Term("norms", weights, kept=f"{norms * kept}*C"))
    return [_in_stack(term, of, share) for term in terms]


def end_terms(s: Settings, letters: Mapping[str, int], rows: int, *, share: str = "") -> list[Term]:
    """The last norm, and the head."""
    return [
        *last_norm(s, share=share),
        *head_terms(s.head, "C", letters, rows, bias=False, tied=s.tied),
    ]


def last_norm(s: Settings, *, of: str = "", share: str = "") -> list[Term]:
    """None where each part is normed after it."""
    if s.norm_place == "after":
        return []
    kept = "C" if s.norm == "rms" else "2*C"
    return [Term(of + "last norm", _scale(s), kept=_shared(kept, share))]


def _scale(s: Settings) -> str:
    """Numbers that one norm learns; "" where it learns none."""
    if s.norm == "rms":
        return ""
    return f"{1 + (s.bias and s.norm == 'layer')}*C"


def attention_terms(
    s: Settings,
    *,
    seen: str,
    short: bool,
    across: bool = False,
    masked: bool = False,
) -> list[Term]:
    """Asking, looking and what is done with it. Of an attention across two texts the keys and
    values are made once for each token of the other, of which there are `seen`."""
    K, name = keys(s), "cross " if across else ""
    average = s.attention == "average" and not across
    normed = f" + C + {K}" if s.qk_norm and not average else ""
    if average:
        asked, operations = linear("C", K, bias=s.bias)
    elif across:
        asked, operations = linear("C", "C", bias=s.bias)
        also, more = linear("C", f"2*{K}", bias=s.bias)
        asked, operations = f"{asked} + {also}", f"{operations} + {more}*({seen})/T"
    else:
        asked, operations = linear("C", "3*C" if K == "C" else f"(C + 2*{K})", bias=s.bias)
    short = (short and not average) or s.dropout > 0  # then the weights are written out
    if short:
        kept = f"3*C{normed}"
    elif average:
        kept = f"3*C + {K}"
    else:  # the fused one reads all three out of one product, unless something changes them
        turned = f" + C + {K}" if s.position == "rotary" and not across else ""
        kept = f"C + 2*{K}{turned}{normed}"
    weights = f"H*({seen})" if short else ""
    if s.dropout:
        weights = f"3*{weights}"
    elif weights and (masked or (s.position == "alibi" and not across)):
        weights = f"2*{weights}"
    out, mixed = linear("C", "C", bias=s.bias)
    return [
        Term(f"{name}queries, keys, values", asked, operations, kept),
        Term(f"{name}weights and means", "", f"4*({seen})*C", weights),
        Term(f"{name}output", out, mixed, "2*C" if s.dropout else "C"),
    ]


def _mlp(s: Settings) -> Term:
    gated = s.activation == "swiglu"
    width = str(s.mlp_width) if s.mlp_width else "(8*C//3)" if gated else "4*C"
    up, widened = linear("C", f"2*{width}" if gated else width, bias=s.bias)
    down, narrowed = linear(width, "C", bias=s.bias)
    kept = f"4*{width}" if gated else width if s.activation == "relu" else f"2*{width}"
    kept += " + C" if s.dropout else ""
    return Term("widen and narrow", f"{up} + {down}", f"{widened} + {narrowed}", kept)


def _in_stack(term: Term, of: str, share: str) -> Term:
    operations, kept = _shared(term.operations, share), _shared(term.kept, share)
    return Term(of + term.part, term.parameters, operations, kept, times="L")


def _shared(formula: str, share: str) -> str:
    return f"({formula})*{share}" if formula and share else formula

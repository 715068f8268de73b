"""Every scheme on one model: size, bits, nats and speed, measured now."""

from typing import TYPE_CHECKING

import streamlit as st

from pages._ui.quantize import texts
from pages._ui.shared import models
from pages._ui.shared.show import show_chart, show_source
from pages._ui.shared.steps import stage
from pages._ui.shared.tables import show_table

if TYPE_CHECKING:
    from lm_core.quantize.measuring import Measured

TOKENS = 4_000
ONLY = "quantize-only"
PARTS = {"all": "All of it", "mlp": "MLP only", "attention": "Attention only"}


def schemes(choice: models.Choice) -> None:
    """A button, the table, and nats against bits."""
    from lm_core.quantize.choosing import LAYERS, chosen, layers_of, matrices
    from lm_core.quantize.measuring import measured
    from lm_core.quantize.schemes import SCHEMES

    st.write(
        "The same model with each scheme in turn: how many bits a weight takes, scales included, "
        "how surprised the model then is by text that it never learned, and how fast it writes. "
        "Everything is measured on this machine when you press the button."
    )
    model = models.load(choice).model
    layers = sorted(set(layers_of(model, matrices(model)).values()))
    offered = PARTS | {f"{LAYERS}{k}": f"Layer {k + 1} only" for k in layers}
    if st.session_state.get(ONLY) not in (None, *offered):
        del st.session_state[ONLY]
    only = st.selectbox(
        "What is quantized",
        list(offered),
        format_func=offered.__getitem__,
        key=ONLY,
        bind="query-params",
    )
    names = chosen(model, only)
    known = dict(model.named_parameters())
    weights = sum(known[name].numel() for name in names)
    st.caption(f"{len(names)} matrices with {weights:,} of {model.n_parameters:,} parameters.")

    def begin() -> tuple:
        encoded = texts.kept_from(choice, TOKENS)
        return measured(model, encoded, list(SCHEMES), only=only), len(SCHEMES) + 1

    stage(
        "quantize-schemes",
        of=(str(choice.folder), models.stamp(choice), only),
        label="Measure all schemes",
        begin=begin,
        show=_show,
    )
    show_source(measured, "The code: what is measured")


def _show(rows: "list[Measured]", whole: bool) -> None:
    import pandas as pd

    from lm_core.charts.quantized import Costed, nats_by_bits
    from lm_core.evaluation.surprise import perplexity
    from lm_core.quantize.schemes import SCHEMES

    base, *others = rows
    table = pd.DataFrame(
        {
            "scheme": [one.title for one in rows],
            "bytes": [one.bytes for one in rows],
            "bits per weight": [one.bits_per_weight for one in rows],
            "nats per token": [one.nats for one in rows],
            "nats more": [one.nats - base.nats for one in rows],
            "perplexity": [perplexity(one.nats) for one in rows],
            "tokens/s": [one.tokens_per_second for one in rows],
            "times float32": [one.times for one in rows],
        }
    )
    show_table(table, key="quantize-table", places=4)
    points = [
        Costed(one.title, one.bits_per_weight, one.nats - base.nats, SCHEMES[one.name].bits)
        for one in others
    ]
    show_chart(nats_by_bits(points), key="quantize-scatter")
    if whole:
        _notice(rows)


def _notice(rows: "list[Measured]") -> None:
    by_name = {one.name: one for one in rows}
    base, int8, int4, nf4 = (by_name[name] for name in ("float32", "int8", "int4", "nf4"))
    better = "less" if nf4.nats < int4.nats else "no less"
    st.markdown(
        f"**What to notice.** int8 with a scale a channel costs {int8.nats - base.nats:+.4f} nats "
        f"and a quarter of the bytes. At the same {nf4.bits_per_weight:.2f} bits NF4 loses "
        f"{better} than int4 ({nf4.nats - base.nats:+.4f} and {int4.nats - base.nats:+.4f} nats). "
        f"About {TOKENS:,} tokens are scored, so a difference in the last digit says nothing. A "
        "small model writes no faster for it: its weights are decoded once, and fit into the "
        "processor's cache either way; from a width of 256 on the engine computes with int8."
    )

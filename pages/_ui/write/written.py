"""What a model has written, on the screen: as HTML, as figures, and what has to be said of it."""

from typing import TYPE_CHECKING

import streamlit as st

from lm_core.charts import words
from pages._ui.shared import models
from pages._ui.shared.plain import safe
from pages._ui.write import writing

if TYPE_CHECKING:
    import pandas as pd

    from lm_core.generation import SamplerSettings


def running_text(prompt: str, pieces: list[str]) -> str:
    """Safe HTML: the prompt plain, what was written bold, the newest token marked."""
    *older, newest = pieces or [""]
    mark = "background:rgba(0,114,178,0.18);border-radius:4px" if newest.strip() else ""
    written = f'{safe("".join(older))}<span style="{mark}">{safe(newest)}</span>'
    return (
        '<div style="white-space:pre-wrap;overflow-wrap:anywhere;font-size:1.15rem;'
        f'line-height:1.6">{safe(prompt)}<b>{written}</b></div>'
    )


def coloured_text(draft: writing.Draft) -> str:
    """Safe HTML: the prompt plain, each written token coloured by the probability it had."""
    from lm_core.charts.colour_text import token_spans

    tokens, shares = [draft.prompt, *draft.pieces], [None, *draft.writer.probabilities]
    return token_spans(tokens, shares)


def at_once(
    choice: models.Choice,
    prompt: str,
    seed: int,
    sampler: "SamplerSettings",
    count: int,
    stop: str = "",
) -> str:
    """Safe HTML of a prompt and `count` tokens after it, none after the characters `stop`;
    remembered. Raises as `begin`."""
    settings = sampler.to_dict().values()
    key = (str(choice.folder), models.stamp(choice), prompt, seed, count, stop, *settings)
    return _at_once(key, choice, prompt, seed, sampler, count, stop)


@st.cache_data(max_entries=64, show_spinner=False)
def _at_once(
    key: tuple,
    _choice: models.Choice,
    _prompt: str,
    _seed: int,
    _sampler: "SamplerSettings",
    _count: int,
    _stop: str,
) -> str:
    draft = writing.begin(_choice, _prompt, _seed)
    draft.write(_count, _sampler, _stop)
    return coloured_text(draft)


def arithmetic_table(draft: writing.Draft, sampler: "SamplerSettings") -> "pd.DataFrame":
    """From the model's scores to the probabilities, for the likeliest tokens."""
    import pandas as pd

    from lm_core.generation import SamplerSettings

    token_text = draft.checkpoint.tokenizer.token_text
    expected = draft.expected(sampler, most=10)
    usual = SamplerSettings(sampler.temperature, sampler.top_k, sampler.top_p) == sampler
    after = "after top-k and top-p" if usual else "after all controls"
    table = {
        "token": [token_text(c.id) for c in expected],
        "score (logit)": [round(c.logit, 3) for c in expected],
        f"score / {sampler.temperature:g}": [round(c.scaled, 3) for c in expected],
        "share": [words.percent(c.share) for c in expected],
        after: [words.percent(c.probability) if c.probability else "ruled out" for c in expected],
    }
    return pd.DataFrame(table)


def sees(draft: writing.Draft) -> str | None:
    """A sentence where the model does not see all of the text, else None."""
    forgotten = draft.writer.forgotten
    if not forgotten:
        return None
    total = len(draft.writer.prompt) + len(draft.writer.written)
    return (
        f"The text has {words.count(total, 'token')} by now and this model sees only the last "
        f"{total - forgotten}: what came before is forgotten."
    )


def unknown(draft: writing.Draft) -> str | None:
    """A sentence where words of the prompt are not in the model's vocabulary, or where the prompt
    is read cleaned, else None."""
    tokenizer = draft.checkpoint.tokenizer
    count = tokenizer.count_unknown(draft.prompt)
    if not count:
        return tokenizer.cleans if draft.prompt else None
    said = f"{words.count(count, 'word')} of the prompt it never learned: it reads `<unk>` there."
    return " ".join(filter(None, [said, tokenizer.known_otherwise(draft.prompt), tokenizer.cleans]))

"""Other families of the same size: the width at which a family has so many parameters.

    settings = matched("lstm", LSTMSettings(), 803_072, vocab_size=65)
    settings.n_hidden                       # 413

Two families compared at their usual sizes are compared by size as well. The width is the one thing
that every network has; depth and context stay as they are, for they are what a family is about.
"""

from dataclasses import fields, replace

from lm_core.errors import BadSettings
from lm_core.models.building import blueprint
from lm_core.models.contract import models
from lm_core.settings import Settings


def matched(
    family: str, settings: Settings, n_parameters: int, vocab_size: int | None = None
) -> Settings:
    """The settings with the width that comes nearest to `n_parameters`, within what the setting
    allows and in steps that suit its heads.

    Args:
        vocab_size: None counts those parameters alone that no vocabulary makes more.

    Raises:
        BadSettings: a family without a width (a table, something that counts, a mixture).
    """
    costs = blueprint(family, settings.to_dict(), vocab_size or 2).costs()
    V = vocab_size or 0
    name = costs.meaning.get("C", "") if costs is not None else ""
    width = next((f for f in fields(settings) if f.name == name), None)
    if costs is None or width is None:
        title = models[family].title
        raise BadSettings(f"{title} has no width that could be chosen: it is as large as it is.")
    step = 2 * getattr(settings, "n_head", 0) or 1  # rotary positions turn pairs in each head
    low, high = -(-width.metadata["low"] // step), width.metadata["high"] // step
    tied = getattr(settings, "tied", False) and "E" in costs.letters

    def parameters(n: int) -> int:
        C = n * step
        return costs.total("parameters", C=C, V=V, **({"E": C} if tied else {}))

    while high - low > 1:  # it grows with the width
        middle = (low + high) // 2
        low, high = (middle, high) if parameters(middle) <= n_parameters else (low, middle)
    best = min((low, high), key=lambda n: abs(parameters(n) - n_parameters))
    return replace(settings, **{name: best * step}, **({"n_embd": best * step} if tied else {}))

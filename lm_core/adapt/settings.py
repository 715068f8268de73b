"""What of a trained model learns on, when it starts a new run."""

from dataclasses import dataclass
from typing import Any

from lm_core.settings import Settings, setting

FULL, LAYERS, SOFT, LORA = "full", "layers", "soft-prompt", "lora"
METHODS = (FULL, LAYERS, SOFT, LORA)
TARGETS = ("all", "attention", "mlp")


@dataclass(frozen=True)
class AdapterSettings(Settings):
    """A method of fine-tuning and its sizes; sizes of another method are not looked at."""

    method: str = setting(
        FULL,
        title="What learns",
        choices=METHODS,
        help="full: every weight. layers: some parts, the others stay. soft-prompt: vectors put "
        "before the text, no weight of the model. lora: a product of two thin matrices beside each "
        "matrix, which stays.",
        kept=True,
    )
    layers: str = setting(
        "head",
        title="Parts that learn",
        help="Of `layers`: blocks by number from 0, embedding, head; with commas between.",
        kept=True,
    )
    rank: int = setting(
        8,
        title="Rank",
        low=1,
        high=1024,
        help="Of `lora`: rows of A and columns of B, so the most directions of the change.",
        kept=True,
    )
    alpha: float = setting(
        16.0,
        title="Alpha",
        low=0.0,
        high=4096.0,
        help="Of `lora`: the change is alpha / rank times B A.",
        kept=True,
    )
    targets: str = setting(
        "all",
        title="Matrices",
        choices=TARGETS,
        help="Of `lora`: beside which matrices of the blocks; the embedding and the head stay.",
        kept=True,
    )
    stabilised: bool = setting(
        False,
        title="Rank-stabilised",
        help="Of `lora`: alpha / sqrt(rank) in place of alpha / rank, which is small for large "
        "ranks (Kalajdzievski 2023).",
        kept=True,
    )
    prompt: int = setting(
        8,
        title="Virtual tokens",
        low=1,
        high=1024,
        unit="tokens",
        help="Of `soft-prompt`: how many vectors stand before every text.",
        kept=True,
    )
    prompt_from: str = setting(
        "vocabulary",
        title="Prompt starts as",
        choices=("vocabulary", "random"),
        help="Of `soft-prompt`: real tokens, drawn by the seed, or random numbers.",
        kept=True,
    )

    @classmethod
    def said(cls, start: Any) -> "AdapterSettings":
        """Those among the `start` of a card's spec, which may say more.

        Raises:
            BadSettings: one of them is none.
        """
        known = AdapterSettings.__dataclass_fields__
        said = start if isinstance(start, dict) else {}
        return AdapterSettings.from_dict({k: v for k, v in said.items() if k in known})

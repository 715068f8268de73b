"""ViT: a picture as a text. It is cut into patches, each patch becomes a token, and an encoder
reads them as if they were the tokens of a sentence.

    x_0 = c,  x_i = E patch_i;   x = x + P;   x = Encoder(x);   value = centre + spread (w x_0 + b)

`c` is a learned token in front that stands for no patch: what it has gathered at the end answers.
The blocks are those of this lab's Transformer, where every token may look at every other.

Paper: Dosovitskiy et al. 2021, "An Image is Worth 16x16 Words".
Left out on purpose: weights of a hundred million pictures, without which it needs more of them than
a CNN: that near pixels belong together it has to learn.
Strong and weak: Every patch reaches every other in one step, and what it looks at can be shown; of
few pictures it learns by heart.

Shapes: B batch, N patches, T = N + 1 tokens, C = n_embd.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lm_core.errors import BadSettings
from lm_core.models import fields
from lm_core.models.contract import Model, models
from lm_core.models.encoder import Stack
from lm_core.models.layers import start_at_zero
from lm_core.models.positions import Positions
from lm_core.models.tracing import record
from lm_core.models.transformer import TransformerSettings
from lm_core.settings import Settings, setting


@dataclass(frozen=True)
class ViTSettings(Settings):
    """How the picture is cut, and the sizes of the encoder."""

    patch: int = setting(
        8, title="Patch", low=2, high=64, unit="pixels", help="Side of a patch, which is a token."
    )
    n_layer: int = setting(3, title="Layers", low=1, high=48, help="Blocks on top of each other.")
    n_head: int = setting(
        4, title="Heads", low=1, high=32, help="Attentions side by side in each layer."
    )
    n_embd: int = setting(
        64, title="Width", low=4, high=4096, unit="numbers", help="Numbers that stand for a token."
    )
    dropout: float = fields.dropout()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_embd % self.n_head:
            raise BadSettings(
                f"n_embd ({self.n_embd}) must be n_head ({self.n_head}) times a whole number.",
                "n_embd",
                "n_head",
            )


@models.register(
    "vit",
    title="ViT",
    idea="A picture as a text: patches are tokens, and a Transformer encoder reads them.",
    paper="Dosovitskiy et al. 2021, An Image is Worth 16x16 Words",
    settings=ViTSettings,
    order=231,
    train={"lr": 2e-3, "batch_size": 32},
)
class ViT(Model):
    """Says a number about a picture; untrained `centre`."""

    tasks = ("picture-value",)

    def __init__(
        self,
        settings: ViTSettings,
        channels: int,
        height: int,
        width: int,
        centre: int,
        spread: int,
    ) -> None:
        super().__init__(settings)
        s, self.centre, self.spread = settings, centre, spread
        if height % s.patch or width % s.patch:
            raise BadSettings(
                f"A picture of {height} × {width} pixels is not cut evenly into patches of "
                f"{s.patch}: take a patch that divides both.",
                "patch",
            )
        self.rows, self.columns = height // s.patch, width // s.patch
        self.n_patch = self.rows * self.columns  # N
        self.embed = nn.Linear(channels * s.patch**2, s.n_embd)
        self.first = nn.Parameter(torch.zeros(s.n_embd))  # stands for no patch
        self.positions = Positions("learned", self.n_patch + 1, s.n_embd, s.n_head)
        nn.init.normal_(self.positions.table.weight, std=0.02)
        blocks = TransformerSettings(
            n_layer=s.n_layer,
            n_head=s.n_head,
            n_embd=s.n_embd,
            block_size=self.n_patch + 1,
            dropout=s.dropout,
            position="learned",
            activation="gelu",
        )
        self.stack = Stack(blocks)
        self.head = nn.Linear(s.n_embd, 1)
        start_at_zero(self.head)

    def patches(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) -> (B, N, channels patch²), row by row from the top."""
        p = self.settings.patch
        cut = pixels.unfold(2, p, p).unfold(3, p, p)  # (B, channels, rows, columns, p, p)
        return cut.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)

    def forward(self, pixels: Tensor) -> Tensor:
        """(B, channels, height, width) from 0 to 1 -> values (B,)."""
        x = self.embed(self.patches(2 * pixels - 1))  # (B, N, C)
        x = torch.cat([self.first.expand(len(x), 1, -1), x], dim=1)  # (B, T, C)
        x = self.positions.add(x)
        record(self, "stream", x)
        x = self.stack(x)[:, 0]  # (B, C)
        return self.centre + self.spread * self.head(x).squeeze(1)  # (B,)

"""Say which class a picture belongs to.

    loss = -ln p(class | picture), in nats

Source: LeCun et al. 1998, "Gradient-based learning applied to document recognition".
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from lm_core.codec import Bare
from lm_core.evaluation.classification import confusion, report
from lm_core.evaluation.mending import mended
from lm_core.figures import percent
from lm_core.models.contract import Model
from lm_core.pictures.augment import KINDS, augmented
from lm_core.pictures.imbalance import class_weights, thinned
from lm_core.pictures.noise import noisy
from lm_core.pictures.splits import PicturesWithClass
from lm_core.registry import Entry
from lm_core.settings import Settings, setting
from lm_core.training.batches import Batches, Examples
from lm_core.training.events import Preview
from lm_core.training.task import Loss, Scored, Task, tasks

AT_ONCE = 256  # pictures through the model together
SHOWN, COUNTED = 8, 300  # pictures shown, and counted in the table of what was taken for what


@dataclass(frozen=True)
class PictureClassSettings(Settings):
    """What is done to the pictures before they are learned from."""

    augment: str = setting(
        "none",
        title="Augmentation",
        choices=KINDS,
        help="Training pictures are changed a little, another way each time; those that judge are "
        "not. A mirrored digit is no digit: flip shows what a change that breaks the class costs.",
    )
    noise: float = setting(
        0.0,
        title="Noise",
        low=0.0,
        high=2.0,
        help="Spread of the noise on all pictures, those that judge too; brightness goes from 0 to "
        "1.",
    )
    mended: bool = setting(
        False,
        title="Mend first",
        help="All pictures go through the denoising autoencoder that ships before they are learned "
        "from or judged: for pictures of 8 × 8 pixels.",
    )
    imbalance: float = setting(
        1.0,
        title="Imbalance",
        low=1.0,
        high=1000.0,
        help="The last class keeps one of so many of its training pictures, the classes before it "
        "more.",
        advanced=True,
    )
    weighted: bool = setting(
        False,
        title="Weigh the classes",
        help="A mistake costs more where the class is rare: each class weighs the same in all.",
        advanced=True,
    )


@tasks.register(
    "picture-class",
    title="Class of a picture",
    idea="Look at a picture and say which of a few classes it belongs to.",
    settings=PictureClassSettings,
    order=100,
)
class PictureClass(Task):
    """Splits are `PicturesWithClass`; (B, channels, height, width) -> (B, K) logits."""

    unit, kinds, split = "nats per picture", ("picture classes",), PicturesWithClass
    least = 0.0
    metrics: ClassVar = {"accuracy": "share of the pictures", "F1": "mean over the classes"}

    def encode(self, corpus: Any, codec: Bare) -> dict[str, PicturesWithClass]:
        """With the noise that is asked for, of each split another one, mended where that is asked
        for, and the training pictures that are left of each class.

        Raises:
            BadSettings: pictures of another size than the mender has learned.
        """
        s, K = self.settings, codec.sizes["n_classes"]
        splits = dict(corpus.splits)
        if s.imbalance > 1:
            splits["train"] = thinned(splits["train"], K, s.imbalance)
        given = {
            name: noisy(part.pixels, s.noise, seed)
            for seed, (name, part) in enumerate(sorted(splits.items()))
        }
        if s.mended:
            given = mended(given)
        return {name: PicturesWithClass(given[name], part.labels) for name, part in splits.items()}

    def build(self, entry: Entry, settings: Settings, sizes: Mapping[str, int]) -> Model:
        model = super().build(entry, settings, sizes)
        model.draws = model.draws or self.settings.augment != "none"
        return model

    def batches(
        self, model: Model, train: PicturesWithClass, *, batch_size: int, seed: int
    ) -> Batches:
        """Pixels and classes, and what a mistake costs where that is not the same for all."""
        tensors = [train.pixels, train.labels]
        if self.settings.weighted:
            weights = class_weights(train.labels, model.head.out_features)
            tensors.append(weights[train.labels])  # (N,)
        return Examples(tensors, batch_size, seed)

    def loss(self, model: Model, pixels: Tensor, labels: Tensor, *rest: Any) -> Loss:
        *weights, _ = rest
        if model.training:
            pixels = augmented(pixels, self.settings.augment)
        each = F.cross_entropy(model(pixels).float(), labels, reduction="none")  # (B,)
        return Loss(each * weights[0] if weights else each)

    def evaluate(
        self,
        model: Model,
        data: Mapping[str, PicturesWithClass],
        split: str,
        *,
        limit: int | None,
    ) -> Scored:
        part = data[split]
        logits, real = logits_of(model, part, limit)
        told = report(real.tolist(), logits.argmax(-1).tolist())
        figures = {"accuracy": told.accuracy, "F1": told.macro.f1}
        nats = F.cross_entropy(logits, real).item()
        return Scored(nats, len(real), len(real) == len(part.labels), figures)

    def blind(self, model: Model, data: Mapping[str, PicturesWithClass]) -> float:
        """ln of the number of classes: each alike."""
        return math.log(model.head.out_features)

    def baselines(self, model: Model, data: Mapping[str, PicturesWithClass]) -> dict[str, float]:
        """Each class as often as in training, whatever the picture."""
        n_classes = model.head.out_features
        seen = Counter(data["train"].labels.tolist())
        p = torch.tensor([seen[k] + 1 for k in range(n_classes)], dtype=torch.float64)
        real = data["validation"].labels.cpu()
        return {"class frequencies": -(p / p.sum()).log()[real].mean().item()}

    def preview(
        self,
        model: Model,
        codec: Bare,
        data: Mapping[str, PicturesWithClass],
        *,
        seed: int = 0,
        seconds: float = math.inf,
    ) -> Preview:
        """A few pictures that it did not learn from with its answers, and over more of them how
        often each class was taken for each."""
        part = data.get("validation", data["train"])
        logits, real = logits_of(model, part, COUNTED)
        p, said = logits.softmax(-1).max(-1)
        pixels = part.pixels[:SHOWN].mean(1)  # (n, height, width), grey
        captions = [
            f"{codec.names[a]} {'✓' if a == b else '✗'} {percent(q)}"
            for a, b, q in zip(said.tolist(), real.tolist(), p.tolist(), strict=True)
        ]
        named = [[codec.names[k] for k in each.tolist()] for each in (real, said)]
        return Preview(
            kind="pictures",
            columns=(pixels.shape[2], pixels.shape[1]),
            rows=tuple(tuple(one) for one in pixels.flatten(1).clamp(0, 1).tolist()),
            captions=tuple(captions[:SHOWN]),
            names=tuple(codec.names),
            grid=tuple(map(tuple, confusion(*named, codec.names))),
        )


@torch.no_grad()
def logits_of(model: Model, part: PicturesWithClass, limit: int | None) -> tuple[Tensor, Tensor]:
    """(n, K) of the first pictures, in the mode the model is in, and their classes (n,)."""
    pieces: Iterator[Tensor] = iter(part.pixels[:limit].split(AT_ONCE))
    return torch.cat([model(piece).float() for piece in pieces]), part.labels[:limit]

"""The denoising autoencoder that ships, as who mends pictures before another network sees them."""

from collections.abc import Mapping
from functools import cache

from safetensors.torch import load_file
from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.evaluation.noise_curve import drawn
from lm_core.home import SHIPPED
from lm_core.json_files import read_json
from lm_core.models.building import build_model
from lm_core.models.contract import Model

MENDER = SHIPPED / "digits-autoencoder"
MOST = 1_000_000  # bytes of a card


@cache
def mender() -> tuple[Model, list[int]]:
    """It, and channels, height and width of the pictures it has learned."""
    family = dict(read_json(MENDER / "meta.json", MOST)["model"])
    sizes = read_json(MENDER / "codec.json", MOST)["sizes"]
    model = build_model(family.pop("name"), family, sizes)
    model.load_state_dict(load_file(MENDER / "model.safetensors"))
    return model.eval(), [sizes[side] for side in ("channels", "height", "width")]


def mended(pictures: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By split (N, channels, height, width), as it draws them again.

    Raises:
        BadSettings: they are of another size than it has learned.
    """
    model, shape = mender()
    if any(list(pixels.shape[1:]) != shape for pixels in pictures.values()):
        raise BadSettings(
            f"The autoencoder that ships mends pictures of {shape[1]} × {shape[2]} pixels alone: "
            "choose the digits of that size, or switch “Mend first” off.",
            "mended",
        )
    return {name: drawn(model, pixels) for name, pixels in pictures.items()}

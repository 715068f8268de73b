"""Published networks that look at pictures, in transformers' format: fetched once, or taken from a
folder, and kept in the home folder. They are read by the package transformers, from safetensors
alone: a pickle is refused, no code of a folder runs, nothing is fetched when one is used.

take("resnet-50")                       # from the hub, checked by its hashes
take("yolos-tiny", Path("my-folder"))
found = detected(detector(), pixels)    # boxes on a photograph
"""

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lm_core.checkpoints import MOST_WEIGHT_BYTES
from lm_core.corpora.corpus import Progress
from lm_core.errors import BadCheckpoint, UnknownName, nearest
from lm_core.foreign.hub import fetch_files
from lm_core.foreign.transformers_folder import CONFIG, MOST_CONFIG_BYTES, WEIGHTS
from lm_core.home import home_folder, make_folder
from lm_core.json_files import read_json, too_large
from lm_core.models.pictures.published import MEAN, NETWORKS, SPREAD
from lm_core.pictures.average_precision import Said
from lm_core.pictures.boxes import Box, suppression
from lm_core.pictures.extra import hugging_face

DETECTOR = "yolos-tiny"
KNOWN = NETWORKS | {DETECTOR: "hustvl/yolos-tiny"}
KINDS = {  # what config.json calls each
    "resnet-50": "resnet",
    "efficientnet-b0": "efficientnet",
    "vit-base": "vit",
    DETECTOR: "yolos",
}
LONGER = 512  # pixels, of the longer side of what a detector looks at
LEAST, APART = 0.3, 0.5  # how sure it has to be; IoU above which the less sure box goes


def folder_of(name: str) -> Path:
    """Where a network is once it was taken."""
    return home_folder() / "foreign" / "vision" / name


def is_here(name: str) -> bool:
    """Whether it was."""
    return (folder_of(name) / WEIGHTS).is_file()


def take(name: str, folder: Path | None = None, progress: Progress | None = None) -> Path:
    """Keep a network: of a folder of this machine, or from the hub.

    Raises:
        UnknownName: none is called so.
        BadCheckpoint: the folder holds another network, a pickle in place of weights, or too much.
        CorpusUnavailable: no network, or a server that refuses.
        StoreUnavailable: the home folder cannot be written.
    """
    if name not in KNOWN:
        raise UnknownName(f"Unknown network {name!r}{nearest(name, list(KNOWN))}")
    to = folder_of(name)
    if folder is None:
        paths = fetch_files(KNOWN[name], [CONFIG, WEIGHTS], progress)
    else:
        paths = {one: folder / one for one in (CONFIG, WEIGHTS)}
    check(paths, KINDS[name])
    make_folder(to)
    for one, path in sorted(paths.items()):  # the weights last: they say that it is whole
        shutil.copyfile(path, to / one)
    return to


def check(paths: dict[str, Path], kind: str) -> None:
    """Raises BadCheckpoint where the files are not those of such a network."""
    for one, path in paths.items():
        if not path.is_file():
            raise BadCheckpoint(
                f"{path.parent.name} holds no {one}: take a folder in transformers' format, with "
                "weights in safetensors and no pickle."
            )
    if paths[WEIGHTS].stat().st_size > MOST_WEIGHT_BYTES:
        raise BadCheckpoint(too_large(paths[WEIGHTS], MOST_WEIGHT_BYTES))
    said = read_json(paths[CONFIG], MOST_CONFIG_BYTES)
    given = said.get("model_type") if isinstance(said, dict) else None
    if given != kind:
        raise BadCheckpoint(f"This folder holds a network of the kind {given}, not {kind}.")


@cache
def detector(folder: Path) -> Any:
    """The network of a folder, ready to be asked.

    Raises:
        BadCheckpoint: it is damaged, or of another kind.
        Unsupported: transformers is not installed.
    """
    check({one: folder / one for one in (CONFIG, WEIGHTS)}, KINDS[DETECTOR])
    transformers = hugging_face()
    from safetensors import SafetensorError

    try:
        model = transformers.YolosForObjectDetection.from_pretrained(
            folder, local_files_only=True, use_safetensors=True
        )
    except (SafetensorError, OSError, RuntimeError, ValueError, TypeError, KeyError):
        raise BadCheckpoint(f"{folder.name} is damaged: fetch it again.") from None
    return model.eval()


def detected(model: Any, pixels: np.ndarray) -> list[Said]:
    """What a detector says of a photograph, each class apart, after suppression, the surest first.

    Args:
        pixels: (H, W) or (H, W, 3) uint8.
    """
    import torch
    from PIL import Image

    image = Image.fromarray(pixels).convert("RGB")
    W, H = image.size
    scale = LONGER / max(W, H)
    size = tuple(max(16, round(side * scale / 16) * 16) for side in (W, H))
    x = torch.from_numpy(np.asarray(image.resize(size)).copy()).permute(2, 0, 1)[None] / 255
    mean, spread = (torch.tensor(one).view(1, 3, 1, 1) for one in (MEAN, SPREAD))
    with torch.no_grad():
        answer = model(pixel_values=(x - mean) / spread)
    p = answer.logits[0].softmax(-1)[:, :-1]  # (N, K), the last is nothing
    scores, labels = (one.tolist() for one in p.max(-1))
    found: dict[int, list[tuple[Box, float]]] = {}
    for (x0, y0, w, h), score, label in zip(
        answer.pred_boxes[0].tolist(), scores, labels, strict=True
    ):
        if score >= LEAST:
            box = Box((x0 - w / 2) * W, (y0 - h / 2) * H, (x0 + w / 2) * W, (y0 + h / 2) * H)
            found.setdefault(label, []).append((box, score))
    names, said = model.config.id2label, []
    for label, some in found.items():
        kept = suppression([box for box, _ in some], [score for _, score in some], APART)
        said += [Said(some[one.kept][0], names[label], some[one.kept][1]) for one in kept]
    return sorted(said, key=lambda one: -one.score)

"""Vectors as TensorBoard's Embedding Projector reads them: numbers and labels, parted by tabs.

tensors.tsv              a line a vector, no heading
metadata.tsv             a line a vector, and a heading where there are several columns
projector_config.pbtxt   where the two are, for `tensorboard --logdir FOLDER`
"""

import io
import zipfile
from collections.abc import Mapping, Sequence

from torch import Tensor

from lm_core.errors import BadSettings
from lm_core.visible import visible

TENSORS, METADATA, CONFIG = "tensors.tsv", "metadata.tsv", "projector_config.pbtxt"


def tensors_tsv(vectors: Tensor) -> bytes:
    """Vectors (N, C) with nine digits, which is all that float32 has."""
    lines = ("\t".join(f"{x:.9g}" for x in row) for row in vectors.float().tolist())
    return "".join(f"{line}\n" for line in lines).encode()


def metadata_tsv(columns: Mapping[str, Sequence[object]]) -> bytes:
    """Columns of N cells by their headings. What cannot be seen gets its sign, so that no tab or
    line end of a token breaks the table.

    Raises:
        BadSettings: columns of different lengths.
    """
    if len({len(cells) for cells in columns.values()}) > 1:
        raise BadSettings("All columns need as many cells as there are vectors.")
    lines = ["\t".join(columns)] if len(columns) > 1 else []
    rows = zip(*columns.values(), strict=True)
    lines += ["\t".join(visible(str(cell)) for cell in row) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def projector_zip(name: str, tensors: bytes, metadata: bytes) -> bytes:
    """All three files; unpacked into a folder they are what TensorBoard's projector opens with.

    Args:
        name: of the vectors there: letters, digits and underscores.
    """
    config = (
        f'embeddings {{\n  tensor_name: "{name}"\n  tensor_path: "{TENSORS}"\n'
        f'  metadata_path: "{METADATA}"\n}}\n'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in ((TENSORS, tensors), (METADATA, metadata), (CONFIG, config.encode())):
            archive.writestr(zipfile.ZipInfo(file, (1980, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()

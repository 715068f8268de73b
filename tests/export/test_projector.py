"""Files for TensorBoard's projector, read by TensorBoard itself."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.projector import projector_plugin

from lm_core.errors import BadSettings
from lm_core.export.projector import metadata_tsv, projector_zip, tensors_tsv

VECTORS = torch.randn(3, 5, generator=torch.Generator().manual_seed(0)) * 1e-3
COLUMNS = {"token": ["a\tb", "\n", "漢"], "times": [3, 0, 1]}


def test_tensorboard_reads_the_vectors_and_finds_both_files(tmp_path: Path) -> None:
    packed = projector_zip("embedding", tensors_tsv(VECTORS), metadata_tsv(COLUMNS))
    assert packed == projector_zip("embedding", tensors_tsv(VECTORS), metadata_tsv(COLUMNS))
    zipfile.ZipFile(io.BytesIO(packed)).extractall(tmp_path)
    read = projector_plugin._read_tensor_tsv_file(str(tmp_path / "tensors.tsv"))
    np.testing.assert_array_equal(read, VECTORS.numpy())
    context = TBContext(logdir=str(tmp_path), multiplexer=EventMultiplexer())
    plugin = projector_plugin.ProjectorPlugin(context)
    configs, _ = plugin._read_latest_config_files([(".", str(tmp_path))])
    (embedding,) = configs["."].embeddings
    assert embedding.tensor_name == "embedding"
    assert embedding.tensor_path == "tensors.tsv"
    assert embedding.metadata_path == "metadata.tsv"


def test_labels_keep_to_their_lines() -> None:
    lines = metadata_tsv(COLUMNS).decode().splitlines()
    assert lines == ["token\ttimes", "a⇥b\t3", "⏎\t0", "漢\t1"]
    assert metadata_tsv({"token": ["a", "b"]}).decode() == "a\nb\n"  # one column has no heading
    with pytest.raises(BadSettings):
        metadata_tsv({"token": ["a"], "times": []})

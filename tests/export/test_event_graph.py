"""The graph of a model, read by TensorBoard itself."""

import io
import zipfile
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from lm_core.checkpoints import Checkpoint, load_checkpoint
from lm_core.errors import Unsupported
from lm_core.export.event_graph import graph_zip, refused
from lm_core.models.sequence_heads import SequenceClassifier
from tests.marks import most_slow
from tests.tiny import tiny_model

SHIPPED = Path(__file__).parents[2] / "checkpoints"
FOLDERS = sorted(path.parent.name for path in SHIPPED.glob("*/meta.json"))
KNOWN = [name for name in FOLDERS if "ngram" not in name]


def read(packed: bytes, folder: Path):
    zipfile.ZipFile(io.BytesIO(packed)).extractall(folder)
    found = EventAccumulator(str(folder)).Reload()
    return found.Graph()


@pytest.mark.parametrize(
    "name", most_slow(KNOWN, quick=("names-lstm", "shakespeare-transformer", "translate-luong"))
)
def test_each_module_is_a_box_and_the_logits_come_out(name: str, tmp_path: Path) -> None:
    saved = load_checkpoint(SHIPPED / name)
    graph = read(graph_zip(saved), tmp_path)
    names = [node.name for node in graph.node]
    for child, module in saved.model.named_children():
        if list(module.parameters()) and not list(module.children()):
            assert any(f"{type(module).__name__}[{child}]" in one for one in names), child
    (logits,) = [node for node in graph.node if node.name.startswith("output/")]
    (shape,) = logits.attr["_output_shapes"].list.shape
    assert [dim.size for dim in shape.dim] == [2, 5, saved.model.vocab_size]


def test_a_model_of_classes_has_one_and_its_file_names_no_machine(tmp_path: Path) -> None:
    model = SequenceClassifier(tiny_model("encoder"), 3).eval()
    packed = graph_zip(Checkpoint(model, None, {"model": {"name": "encoder"}}, tmp_path))
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["events.out.tfevents.graph"]
    names = [node.name for node in read(packed, tmp_path).node]
    assert any("Linear[answer]" in name for name in names)


def test_what_counts_has_none() -> None:
    saved = load_checkpoint(SHIPPED / "names-ngram")
    assert "has no graph, because it looks its counts up" in refused(saved.meta)
    with pytest.raises(Unsupported):
        graph_zip(saved)

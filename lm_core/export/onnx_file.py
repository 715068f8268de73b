"""ONNX: the pass as a graph that onnxruntime and others run without PyTorch.

Written from the graph of `torch.export`; for recurrent families by the older exporter, which knows
ONNX's own LSTM, GRU and RNN, so that a text of any length goes in. The file's metadata has the key
"lab": what goes in, what comes out, the tokenizer. Weights are inside.
"""

import contextlib
import importlib.util
import io
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from lm_core.checkpoints import Checkpoint
from lm_core.errors import Unsupported
from lm_core.export.exporting import about
from lm_core.export.logits import Logits, check_exportable, example, quiet, refused
from lm_core.models.recurrent import Recurrent

__all__ = ["read", "refused", "write"]

MOST_BYTES = 1_900_000_000  # a protobuf holds 2 GB


def write(saved: Checkpoint, path: Path) -> None:
    """Write the graph; sizes of the batch and of the text stay free."""
    import onnx

    model = saved.model
    check_exportable(model)
    if sum(t.numel() * t.element_size() for t in model.state_dict().values()) > MOST_BYTES:
        raise Unsupported(
            "This model is too large for one ONNX file (2 GB): export it as torch-export."
        )
    free = {0: "batch", 1: "time"}
    names = {"input_names": ["idx"], "output_names": ["logits"]}
    with quiet(), contextlib.redirect_stdout(io.StringIO()):
        module, given = Logits(model).eval(), (example(model),)
        if isinstance(model, Recurrent):
            axes = {"idx": free, "logits": free}
            torch.onnx.export(module, given, path, dynamo=False, dynamic_axes=axes, **names)
        else:
            shapes = {"idx": free}
            program = torch.onnx.export(
                module, given, dynamo=True, dynamic_shapes=shapes, verbose=False, **names
            )
            program.save(path, external_data=False)
    graph = onnx.load(path)
    onnx.helper.set_model_props(graph, {"lab": about(saved)})
    onnx.save(graph, path)


def read(path: Path) -> Callable[[Tensor], Tensor]:
    """onnxruntime where it is installed, else the slow evaluator that comes with onnx."""
    if importlib.util.find_spec("onnxruntime"):
        import onnxruntime

        quietly = onnxruntime.SessionOptions()
        quietly.log_severity_level = 3  # errors only
        run = onnxruntime.InferenceSession(path, quietly, providers=["CPUExecutionProvider"]).run
    else:
        from onnx.reference import ReferenceEvaluator

        run = ReferenceEvaluator(str(path)).run
    return lambda idx: torch.from_numpy(run(None, {"idx": idx.numpy()})[0])

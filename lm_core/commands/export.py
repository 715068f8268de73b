"""`export`: a trained model in a file that other programs read."""

import argparse

from lm_core.checkpoints import load_checkpoint
from lm_core.commands import Answer
from lm_core.export import export_checkpoint


def run(args: argparse.Namespace) -> Answer:
    """Write the model to a file, and say how close the file's logits are to the model's."""
    done = export_checkpoint(load_checkpoint(args.folder), args.format, args.out)
    answer = {
        "out": str(done.out),
        "format": done.format,
        "parameters": done.parameters,
        "max_difference": done.max_difference,
        "bytes": done.bytes,
    }
    lines = [
        f"{path}  {path.stat().st_size:,} bytes" for path in sorted(done.files, key=done.out.__ne__)
    ]
    said = f"{done.max_difference:.1e}" if done.max_difference else "0"
    return answer, [*lines, f"Read back: no logit differs from the model's by more than {said}."]

"""A trained model in a file that other programs read: checked, after writing, to say the same."""

from lm_core.export.exporting import (
    Exported,
    Format,
    export_checkpoint,
    formats,
    refused,
)

__all__ = ["Exported", "Format", "export_checkpoint", "formats", "refused"]

"""`vision`: keep a published network that looks at pictures, from the hub or from a folder."""

import argparse

from lm_core.commands import Answer
from lm_core.foreign.vision import take
from lm_core.home import typed_path


def run(args: argparse.Namespace) -> Answer:
    """Fetch or copy it, once."""
    folder = take(args.network, typed_path(args.folder) if args.folder else None)
    size = sum(one.stat().st_size for one in folder.iterdir())
    answer = {"network": args.network, "folder": str(folder), "bytes": size}
    return answer, [f"{folder}: {args.network}, {size:,} bytes."]

"""`backup` and `restore`: the lab's home folder as one file, and back."""

import argparse

from lm_core.commands import Answer
from lm_core.figures import count
from lm_core.home import home_folder, typed_path
from lm_core.runs.backup import back_up, restore


def run(args: argparse.Namespace) -> Answer:
    """Write the backup while the lab goes on, or fill an empty home folder with one."""
    home = home_folder()
    if args.command == "backup":
        path = typed_path(args.out)
        kept = back_up(home, path)
        size = path.stat().st_size
        lines = [f"{path}  {size:,} bytes: {count(kept.runs, 'run')}, {count(kept.files, 'file')}."]
        lines += ["Whoever has it has all that visitors gave here: keep it safe."]
        answer = {"out": str(path), "home": str(home), "bytes": size}
    else:
        kept = restore(typed_path(args.file), home)
        lines = [
            f"{home}: {count(kept.runs, 'run')}, {count(kept.files, 'file')}, {kept.bytes:,} bytes."
        ]
        lines += ["Runs that were going can be resumed on their pages."]
        answer = {"home": str(home), "bytes": kept.bytes}
    return answer | {"runs": kept.runs, "files": kept.files}, lines

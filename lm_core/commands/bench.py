"""`bench`: everything this machine can measure of itself."""

import argparse

from lm_core.bench import run_bench
from lm_core.commands import Answer, say
from lm_core.errors import BadSettings


def run(args: argparse.Namespace) -> Answer:
    """Measure, saying what is measured while it goes on."""
    sizes = {"visitors": args.visitors, "watched": args.minutes and 60 * args.minutes}
    given = {name: size for name, size in sizes.items() if size is not None}
    if not given:
        return run_bench(args.what, say)
    if args.what != "class":
        raise BadSettings("--visitors and --minutes belong to bench class: leave them out.")
    from lm_core.bench.classroom import Size

    return run_bench(args.what, say, size=Size(**given))

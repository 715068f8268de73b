"""`bench`: everything this machine can measure of itself."""

import argparse

from lm_core.bench import run_bench
from lm_core.commands import Answer, say


def run(args: argparse.Namespace) -> Answer:
    """Measure, saying what is measured while it goes on."""
    return run_bench(args.what, say)

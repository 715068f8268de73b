"""Train: what is asked before a run, the run while it goes on, and those that are over."""

"""What somebody else's models are called where a run names the one that it starts from."""

import re

A_PACKAGE = "package:"  # before the name of a model that comes in a package
A_HUB = "hub:"  # before the owner and the name of one on the Hugging Face hub
NAMED = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


def is_name(name: str) -> bool:
    """Whether a model of the hub can be called so."""
    return bool(NAMED.fullmatch(name)) and ".." not in name

"""Settings of runs as earlier versions wrote them, brought up to date. Plain dicts on both sides.

Version 1 knew one stream of tokens: `corpus` and `tokenizer`, and in `train` a `begin`. Version 2
has `task`, `data`, `codec` and `start`. What reads a spec from a file, a store or an address comes
through here, so that nothing else knows of version 1.
"""

from typing import Any

VERSION = 2
NAMES_OF_1 = {"corpus": "data", "tokenizer": "codec"}
BEGIN_OF_1 = {"nothing": "fresh", "names": "names"}


def up_to_date(spec: Any) -> Any:
    """A spec of version 1 as version 2 says it; anything else as it is.

    The task is left out, so that it is the usual one of the family: what version 1 learned.
    """
    if not isinstance(spec, dict) or spec.get("version", 1) != 1:
        return spec
    renamed = {NAMES_OF_1.get(key, key): value for key, value in spec.items() if key != "version"}
    train = renamed.get("train")
    if isinstance(train, dict) and "begin" in train:
        rest = {key: value for key, value in train.items() if key != "begin"}
        begin = train["begin"]
        origin = BEGIN_OF_1.get(begin, begin) if isinstance(begin, str) else begin
        renamed |= {"train": rest, "start": {"origin": origin}}
    return renamed | ({"version": VERSION} if "version" in spec else {})

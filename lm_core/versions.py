"""Settings of runs as earlier versions wrote them, brought up to date. Plain dicts on both sides.

Version 1 knew one stream of tokens: `corpus` and `tokenizer`, and in `train` a `begin`. Version 2
has `task`, `data`, `codec` and `start`. What reads a spec from a file, a store or an address comes
through here, so that nothing else knows of version 1.
"""

from typing import Any

VERSION = 2
NAMES_OF_1 = {"corpus": "data", "tokenizer": "codec"}
BEGIN_OF_1 = {"nothing": "fresh", "names": "names"}
TASK_OF_1 = {"encoder": "fill-gap"}  # every other family learned the next token


def up_to_date(spec: Any) -> Any:
    """A spec of version 1 as version 2 says it; anything else as it is.

    One that says no version (an address) may be of either: its names alone are changed, and a task
    that it leaves out is the usual one of its family with such data.
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
    if "version" not in spec:
        return renamed
    model = renamed.get("model")
    family = model.get("name") if isinstance(model, dict) else None
    task = TASK_OF_1.get(family, "next-token") if isinstance(family, str) else "next-token"
    return renamed | {"version": VERSION, "task": {"name": task}}

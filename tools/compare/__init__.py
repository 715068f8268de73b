"""Our speed and quality beside others', in one run on one machine.

    python -m tools.compare.nanogpt CHECKOUT
    python -m tools.compare.word_language_model CHECKOUT
    python -m tools.compare.huggingface

CHECKOUT is a folder with the peer's own files; the last compares with the package transformers.
Each prints one JSON object. A ratio means something; the figures alone are those of this machine at
this hour.
"""

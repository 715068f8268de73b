"""Somebody else's weights: read without running any code of theirs, and kept as a checkpoint of
this lab. What each program calls its weights stands in one file each: `gpt2.py`, `llama.py`,
`glassllm.py`; a GGUF file's names lead to Llama's."""

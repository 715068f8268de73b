"""Pieces of the written script, as ordinary code. `script.py` copies the source of those a model
needs into one file, so nothing here may use more than torch, numpy (to draw batches as the lab
does), the standard library, and each other."""

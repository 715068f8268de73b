"""Fewer bits for each weight: codes and scales in the place of float32 numbers.

    code = round(w / scale) + zero        w ~ scale (code - zero)

The lesson is in `affine.py` (int8), `levels.py` (the 16 levels of NF4) and `blocks.py` (a scale for
every few weights). `schemes.py` names what can be chosen, `whole.py` does it to a model.
"""

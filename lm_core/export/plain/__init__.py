"""What a written script has that the lessons (`lm_core/models/plain`, `lm_core/training/plain.py`)
do not: how it reads tokens, its command line, and Muon. `script.py` copies the source of what a
model needs into one file, so nothing here may use more than torch, numpy (to shuffle as the
lab does), the standard library, the lessons and each other."""

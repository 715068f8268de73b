"""Tasks of other kinds than text, each in one small file, to show that they fit the Trainer."""

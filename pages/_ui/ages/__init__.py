"""The screen Age from a face: drawn faces or a folder of one's own, splits, networks, errors."""

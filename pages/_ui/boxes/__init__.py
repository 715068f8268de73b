"""Boxes: two that overlap, many of which some stay, shapes that are tried, precision and recall."""

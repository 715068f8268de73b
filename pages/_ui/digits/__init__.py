"""Digits: pictures and their classes, drawn, looked into, disturbed, mended and learned."""

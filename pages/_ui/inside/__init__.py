"""Attention: what a model looks at while it reads."""

"""Translate: a text that becomes another token by token, and other ways it could have gone."""

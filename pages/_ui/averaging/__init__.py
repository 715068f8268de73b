"""From averaging to attention: one small head in steps, each of its numbers to be changed."""

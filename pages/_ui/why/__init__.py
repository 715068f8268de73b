"""Why this token: what a guess of a model of any family rests on, wherever a token is pressed."""

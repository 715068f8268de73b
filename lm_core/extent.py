"""How much of a text was read, and whether its surprise may be given per character.

Tokens need not tell all of a text: characters that a tokenizer never saw are skipped, a rare word
becomes `<unk>`, capitals are read as small letters. What is not told costs no surprise, so a text
that is hardly read looks easy. Surprise is divided by what was scored, and where much was not, it
is not given per character or byte at all.
"""

from lm_core.figures import percent

# Of the characters. A text read but for one in a hundred is about as hard to guess as the whole:
# counted as if each cost as much as the others, what was not read is worth under 1 %, less than
# models that are compared differ by. Beyond that the figure is one of another text.
MOST_SKIPPED = 0.01


def withheld(characters: int, skipped: int) -> str | None:
    """The sentence that says why there are no bits per character, or None where there may be.

    Args:
        characters: those that were scored.
        skipped: those that were not.
    """
    share = skipped / max(1, characters + skipped)
    if share <= MOST_SKIPPED:
        return None
    return (
        f"{percent(share)} of the characters are not told by the tokens (skipped, in an unknown "
        f"word, or folded), and over {percent(MOST_SKIPPED)} a figure per character would "
        "reward that."
    )

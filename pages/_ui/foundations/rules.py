"""What each operation does with a gradient on the way back, in words."""

RULES = {
    "+": "A sum hands its gradient on to each of its parts as it is.",
    "-": "A difference hands its gradient on as it is, and to what is taken away with its sign "
    "turned.",
    "*": "A product hands each factor its gradient times the other factor.",
    "/": "A quotient hands its gradient divided by the lower number to the upper one, and times "
    "minus itself over the lower number to the lower one.",
    "**": "A power hands its gradient on times the exponent times the next lower power.",
    "neg": "A minus sign turns the sign of the gradient.",
    "exp": "The exponential hands its gradient on times its own value.",
    "log": "The logarithm hands its gradient on divided by what it was taken of.",
    "sin": "The sine hands its gradient on times the cosine.",
    "cos": "The cosine hands its gradient on times minus the sine.",
    "tanh": "The tanh hands its gradient on times one minus its own square.",
    "sigmoid": "The sigmoid hands its gradient on times itself times one minus itself.",
    "relu": "The ReLU hands its gradient on where what it got lies above 0, and nothing elsewhere.",
}
GIVEN = "It was given: nothing is handed on, and its gradient stays what it is."


def rule(op: str) -> str:
    """Of what made a number; "" for what was given."""
    return RULES[op.partition(" ")[0]] if op else GIVEN

"""The doctor: whether a model is fit to learn, and what ails a training that goes wrong.

Five steps: the untrained loss, one batch learned by heart, a range of learning rates, a grid of
rates and weight decays, a look inside. Each gives plain numbers and verdicts in plain words.
"""

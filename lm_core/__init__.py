"""lm_core: language models from counting letter pairs to a GPT, trained, inspected and compared.

Nothing heavy is imported here; `import lm_core` is quick and torch arrives when first needed.
"""

__version__ = "0.1.0"

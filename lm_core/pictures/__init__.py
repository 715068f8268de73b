"""Pictures as numbers: splits of them, and what can be computed from them without learning."""

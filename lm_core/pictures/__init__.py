"""Pictures as numbers: splits of them, and what is read, filtered, boxed and made larger without
learning."""

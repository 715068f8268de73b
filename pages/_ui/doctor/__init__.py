"""Doctor: the steps of an examination, how weights begin, runs that are broken on purpose."""

"""Pictures that are looked at: read, filtered, boxed, made larger, compared."""

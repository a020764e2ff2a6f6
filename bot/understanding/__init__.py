"""Understanding, without files or clock: a text becomes a `Reading`; both languages are read."""

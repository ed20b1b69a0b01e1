"""Where readings are kept and asked: the protocol (`base`), the embedded store (`delta`), what is derived from it."""

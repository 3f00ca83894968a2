"""Fuzzing: what is held to be true of any bytes whatever; see README.md."""

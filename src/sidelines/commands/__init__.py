"""The commands, a module each; `sidelines.cli` imports one when it is asked for."""

"""The rules: what a sound corpus never shows."""

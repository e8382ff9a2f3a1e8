"""Matters with their parties from a CSV file (IMP-9)."""

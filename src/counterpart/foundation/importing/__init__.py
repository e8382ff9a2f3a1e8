"""Importing tables from CSV files: in chunks, resumable, with the reason for every row that failed (IMP-4, IMP-5)."""

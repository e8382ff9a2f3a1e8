"""Importing at a page: upload, match the columns, choose, try, run, and take back (IMP-1 to IMP-10)."""

"""The conflict check over Practice Management's contacts and matters (CNF-1, CNF-2, IMP-16)."""

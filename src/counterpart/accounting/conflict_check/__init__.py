"""The conflict check over Legal Accounting's contacts and files (CNF-1, CNF-2, IMP-16)."""

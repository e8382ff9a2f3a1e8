"""Finding records as somebody types: one interface over SQLite's full text and PostgreSQL's trigrams (SRC-1 to SRC-8).

Products describe their records (``subjects``), the database keeps the index (``keeping``), and everything that searches
asks ``finding``: the box in the header, lists, pickers and the API find the same.
"""

"""Pages of alike contacts (WIN-5 to WIN-7, DUP-5 to DUP-12)."""

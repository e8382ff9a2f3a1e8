"""Files, their payers and group contacts (legal-accounting 4.4, 4.5)."""

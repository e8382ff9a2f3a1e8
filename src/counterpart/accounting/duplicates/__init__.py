"""Alike contacts and merging as Legal Accounting has them: what foundation.alike asks of it (DUP-1 to DUP-12)."""

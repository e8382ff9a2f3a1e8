"""Alike contacts and merging as Practice Management has them: what foundation.alike asks of it (DUP-1 to DUP-12)."""

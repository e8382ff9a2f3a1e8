"""Matters of Practice Management: types with their roles, parties in order, restriction, and what may be done to them."""

"""Matters of Practice Management: types with roles, parties in order, restriction, and what can be done to them."""

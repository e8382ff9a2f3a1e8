"""The pages of contacts: parse, one domain call, render."""

"""Pages of contacts: parse, one domain call, render."""

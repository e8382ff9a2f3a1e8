"""The pages of matters: parse, one domain call, render."""

"""Pages of files and groups: parse, one domain call, render."""

"""The first page and the search over everything: what stands above contacts and files."""

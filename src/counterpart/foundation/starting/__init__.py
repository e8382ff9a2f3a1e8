"""The start guide: what a firm does first, one step after the other, each with the page where it is done (ONB-3).

Whether a step is done is read from the firm's own data; a person marks only what can't be read, and takes the guide off
the first page. Both can be undone.
"""

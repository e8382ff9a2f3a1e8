"""The conflict check: who or what of the firm's records a name could mean (CNF-1, CNF-2, IMP-16).

Each product finds in its own records (``find``) and asks the other one; matching, former names, the page and the API
are the same in both and stand here.
"""

"""Alike contacts: who could be the same as whom, the finder over all contacts, and merging (WIN-5, DUP-1 to DUP-12).

Each product says what its contacts are made of (``product.py``); comparing, finding, choosing and the pages are the
same in both and stand here.
"""

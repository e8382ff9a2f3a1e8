"""Work that takes longer than a page may: carried on in the background, step by step, each step one transaction.

A kind of job is registered by whoever does the work (``kinds.register``); ``operations.start`` writes a job down; the
runner (``runner``) carries jobs on in turn, so that a long one does not keep a short one waiting.
"""

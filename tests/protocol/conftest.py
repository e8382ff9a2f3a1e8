"""Hypothesis on a busy machine: no deadline per example; the number of examples decides."""

from hypothesis import settings

settings.register_profile("counterpart", deadline=None, max_examples=200)
settings.load_profile("counterpart")

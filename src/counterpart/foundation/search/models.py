"""The index: of every record one narrow row with the words it is found by.

Nobody writes these rows: triggers in the database do, in the transaction that changes the record (ADR 0016).
"""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """What one record is found by. ``record`` is its id; the number of the row is the one the full text knows it by."""

    id = models.BigAutoField(primary_key=True)
    record = models.UUIDField(unique=True)
    place = models.PositiveSmallIntegerField()
    """Where it stands among what is found: active 0, inactive 1, closed 2 (SRC-4)."""
    sort = models.TextField()
    numbers = models.TextField()
    """Its numbers, present and former, in the form in which numbers are compared, each between two spaces."""
    text = models.TextField()
    """Every word it is found by, folded, each between two spaces."""

    class Meta:
        abstract = True


class ContactEntry(Entry):
    """A contact's words."""

    class Meta:
        db_table = "search_contact"


class MatterEntry(Entry):
    """The words of a matter, or of a file, its clients' names and numbers among them."""

    class Meta:
        db_table = "search_matter"


class IndexState(models.Model):
    """How the index was last built; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    form = models.PositiveIntegerField()
    """Which way of folding the words are stored in; another one means that all are folded anew."""
    trigrams = models.BooleanField(default=True)
    """Whether the middles of words are indexed: PostgreSQL without pg_trgm reads all entries instead."""

    class Meta:
        db_table = "search_state"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(id=1), name="search_one_state")]

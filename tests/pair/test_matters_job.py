"""The main job with matters on the real dockets: equal, numbered, and whole under simultaneous changes and faults."""

from __future__ import annotations

from tests.pair import matters_job


def test_plaintiffs_as_clients_numbered_by_contact(own_firm, shared_data):
    """17 dockets green on both sides, 50 changes of clients against edits of shares over a bad line (S8)."""
    matters_job.run(own_firm, shared_data, print)


def test_defendants_as_clients_numbered_by_firm(own_firm, shared_data):
    """The same with up to twenty clients on a matter and one counter for the firm."""
    matters_job.run(own_firm, shared_data, print, client_role="Defendant", by_firm=True)

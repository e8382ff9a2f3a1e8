"""Stored facts of the engine, the same tables on both sites (sync-protocol section 3).

Colour is not among them: it is computed. ``Record.due`` is computed by the database itself from the registers
and the shadow, so it cannot disagree with them.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, Value, When

from counterpart.foundation.fields import FastJSONField
from counterpart.protocol.colour import Mode
from counterpart.protocol.gate import GENESIS, Head
from counterpart.sync.watch_models import Alert, Finding, Sample, Sweep, Watcher

__all__ = [
    "Alert", "ChainEntry", "Conflict", "Dependency", "Finding", "Key", "Link", "Message", "Record", "Sample", "Sweep",
    "Watcher",
]  # fmt: skip


class Link(models.Model):
    """The pairing with the other product: one row. Own identity, own chain, and what is known of the peer."""

    instance = models.CharField(max_length=64)
    mode = models.CharField(max_length=10, default=Mode.UNPAIRED)
    mode_reason = models.TextField(blank=True)
    mode_since = models.DateTimeField(null=True)
    epoch = models.CharField(max_length=64)
    head_n = models.BigIntegerField(default=0)
    head_h = models.CharField(max_length=64, blank=True)
    acked_n = models.BigIntegerField(default=0)
    acked_h = models.CharField(max_length=64, blank=True)
    statement_n = models.BigIntegerField(default=0)

    peer_instance = models.CharField(max_length=64, blank=True)
    peer_url = models.URLField(blank=True)
    peer_epoch = models.CharField(max_length=64, blank=True)
    peer_head_n = models.BigIntegerField(default=0)
    peer_head_h = models.CharField(max_length=64, blank=True)
    peer_statement_n = models.BigIntegerField(default=0)
    peer_announced_n = models.BigIntegerField(default=0)
    peer_announced_h = models.CharField(max_length=64, blank=True)
    peer_beat_n = models.BigIntegerField(default=0)
    """The newest beat of the peer, by its count of statements."""
    peer_mode = models.CharField(max_length=10, blank=True)
    peer_policy = FastJSONField(default=dict)
    peer_incompatible = models.TextField(blank=True)
    golive = models.CharField(max_length=4, blank=True, default="")
    """Whether a go-live has a say in what is offered (``golive.runs.HELD``)."""
    clock_offset_ms = models.BigIntegerField(default=0)
    last_contact = models.DateTimeField(null=True)
    contact_since = models.DateTimeField(null=True)
    """When the peer was heard again after a silence: nothing can have been stuck since before that."""
    last_problem = models.TextField(blank=True)
    failures = models.IntegerField(default=0)
    next_attempt = models.DateTimeField(null=True)

    @property
    def head(self) -> Head:
        """The newest entry of our chain."""
        return Head(self.head_n, self.head_h)

    @property
    def acked(self) -> Head:
        """The newest head of ours that the peer is known to have merged."""
        return Head(self.acked_n, self.acked_h) if self.acked_n else GENESIS

    @property
    def peer_head(self) -> Head:
        """The head of the peer's chain that we last merged."""
        return Head(self.peer_head_n, self.peer_head_h) if self.peer_head_n else GENESIS

    @property
    def peer_announced(self) -> Head:
        """The peer's own head, as its newest receipt or beat stated it."""
        return Head(self.peer_announced_n, self.peer_announced_h) if self.peer_announced_n else GENESIS


class Key(models.Model):
    """An Ed25519 key: ours (with the private part encrypted at rest) or the peer's. Two may be active at once."""

    own = models.BooleanField()
    key_id = models.CharField(max_length=32)
    public = models.CharField(max_length=64)
    private_encrypted = models.TextField(blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["own", "key_id"], name="sync_key_once")]


class ChainEntry(models.Model):
    """One batch we sent, in order: the evidence against a restored backup (section 14)."""

    epoch = models.CharField(max_length=64)
    n = models.BigIntegerField()
    h = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["epoch", "n"], name="sync_chain_once")]


class Message(models.Model):
    """One batch sent or received, with what was answered; kept 90 days for whoever has to find out what happened."""

    sent = models.BooleanField()
    at = models.DateTimeField()
    epoch = models.CharField(max_length=64)
    n = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    record_count = models.IntegerField()
    body_bytes = models.IntegerField()
    verdict = models.CharField(max_length=20, blank=True)
    receipt = FastJSONField(default=dict)
    """How many records had each result."""

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="sync_message_at")]


class Record(models.Model):
    """The link of one record with its counterpart. Rows are never deleted: a severed one is the tombstone."""

    sync_id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    local_id = models.UUIDField(null=True)
    regs = models.TextField()
    """Stamps of each stamped register: canonical JSON {name: [pm, la]}."""
    shadow = models.TextField(default="{}")
    """What the peer is known to hold, in the same form, never higher than ``regs``."""
    held = FastJSONField(default=dict)
    """Values of registers no product has a column for (requests, presence)."""
    authors = FastJSONField(default=dict)
    """Who last wrote each register: {register: [name, e-mail, ms]}; '' stands for all not named."""
    peer_addresses = FastJSONField(default=dict)
    """The peer's values as last heard of what may come to differ without an edit (``concluding._as_heard``)."""
    alias_of = models.UUIDField(null=True)
    """The identity of the record that this one was merged into, the end of the chain; ``absorbing`` keeps it."""
    digest = models.CharField(max_length=64)
    stated_digest = models.CharField(max_length=64, blank=True)
    stated_epoch = models.CharField(max_length=64, blank=True)
    stated_n = models.BigIntegerField(default=0)
    known_at_peer = models.BooleanField(default=False)
    numbered = models.BooleanField(default=False)
    severed = models.BooleanField(default=False)
    unsent_conflicts = models.BooleanField(default=False)
    force = models.BigIntegerField(default=0)
    lane = models.SmallIntegerField(default=0)
    error_code = models.CharField(max_length=40, blank=True)
    error_text = models.TextField(blank=True)
    error_register = models.CharField(max_length=40, blank=True)
    error_detail = FastJSONField(default=dict)
    error_at = models.DateTimeField(null=True)
    refused_code = models.CharField(max_length=40, blank=True)
    """Why the peer's newest state, or one register of it, was not stored here; empty: all of it was."""
    refused = FastJSONField(default=dict)
    """Text, register and detail of that refusal."""
    attempts = models.SmallIntegerField(default=0)
    next_attempt = models.DateTimeField(null=True)
    pending_since = models.DateTimeField(null=True)
    attempted_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    due = models.GeneratedField(
        expression=Case(
            When(Q(regs=F("shadow"), force=0, unsent_conflicts=False), then=Value(False)),  # noqa: FBT003
            default=Value(True),  # noqa: FBT003
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    settled = models.GeneratedField(
        expression=Case(
            When(
                Q(
                    regs=F("shadow"), digest=F("stated_digest"), force=0, unsent_conflicts=False, severed=False,
                    numbered=True, error_code="", refused_code="",
                ),
                then=Value(True),  # noqa: FBT003
            ),
            default=Value(False),  # noqa: FBT003
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )  # fmt: skip
    """Green, if the peer is heard and still lives in the epoch in which it stated this: what lists ask of many rows."""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "local_id"], name="sync_record_one_per_local")]
        indexes: ClassVar = [
            models.Index(fields=["kind", "local_id"], condition=Q(settled=False), name="sync_record_unsettled"),
            models.Index(
                fields=["kind", "stated_epoch", "local_id"], condition=Q(settled=True), name="sync_record_settled"
            ),
            models.Index(
                fields=["lane", "pending_since"], condition=Q(due=True, error_code=""), name="sync_record_due"
            ),
            models.Index(fields=["error_code"], condition=~Q(error_code=""), name="sync_record_error"),
            # Only the few that were merged: SQLite without statistics takes an index over all for "not merged".
            models.Index(fields=["alias_of"], condition=Q(alias_of__isnull=False), name="sync_record_alias"),
        ]


class Dependency(models.Model):
    """A record refers to another, which the peer must hold first (section 9)."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="needs", db_constraint=False)
    needs = models.ForeignKey(Record, models.CASCADE, related_name="needed_by", db_constraint=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["record", "needs"], name="sync_dependency_once")]


class Conflict(models.Model):
    """A value that lost against a concurrent edit; the same row on both sites (section 4)."""

    id = models.CharField(max_length=64, primary_key=True)
    sync_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    register = models.CharField(max_length=40)
    losing_value = FastJSONField(null=True)
    losing_stamp = models.BigIntegerField()
    losing_author = FastJSONField(default=list)
    winning_value = FastJSONField(null=True)
    winning_stamp = models.BigIntegerField()
    winning_author = FastJSONField(default=list)
    at = models.DateTimeField()
    resolution = models.CharField(max_length=10, blank=True)
    resolved_by = models.CharField(max_length=254, blank=True)
    resolved_at = models.DateTimeField(null=True)
    known_at_peer = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["sync_id"], name="sync_conflict_record"),
            models.Index(fields=["at"], condition=Q(resolution=""), name="sync_conflict_open"),
        ]


from counterpart.sync.golive.tables import Candidate, GoLive, Pair, Verdict  # noqa: E402, F401  # so that Django finds them

"""An import and what it leaves behind: how far it is, what failed, what each row became, how files are to be read."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from counterpart.foundation.fields import FastJSONField
from counterpart.foundation.ids import new_id


class State(models.TextChoices):
    """Where an import stands."""

    READING = "reading", "Being read"
    MAPPING = "mapping", "Columns to be matched"
    TRYING = "trying", "Dry run under way"
    TRIED = "tried", "Ready to run"
    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    FINISHED = "finished", "Finished"
    REVERTING = "reverting", "Being undone"
    REVERTED = "reverted", "Undone"
    DISCARDED = "discarded", "Thrown away"


BEGUN = (State.RUNNING, State.PAUSED)
"""Rows have been written and others are still to be."""
ENDED = (State.FINISHED, State.REVERTING, State.REVERTED)


class ImportRun(models.Model):
    """One import of one file; committed with each chunk, so that a killed import goes on where it was."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    what = models.CharField(max_length=200, default="", blank=True)
    """What is made of the file, with its options: the same file imported otherwise is another import."""
    subject = models.CharField(max_length=40, default="", blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.MAPPING)
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    header = models.JSONField(default=list)
    facts = models.JSONField(default=dict)
    """How the file was read: kind, encoding, delimiter, sheet."""
    mapping = models.JSONField(default=list)
    """A field for each column; '' leaves it aside."""
    mapping_source = models.CharField(max_length=200, blank=True)
    """The template or saved mapping by which the columns were known."""
    options = models.JSONField(default=dict)
    preview = models.JSONField(null=True)
    """What the dry run found."""
    total_rows = models.PositiveIntegerField(default=0)
    next_row = models.PositiveIntegerField(default=0)
    """How many rows are done."""
    last_line = models.PositiveIntegerField(default=0)
    """The place in the file of the last row that is done."""
    created_count = models.PositiveIntegerField(default=0)
    updated_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    undone_count = models.PositiveIntegerField(default=0)
    kept_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    """How many records of each kind were made."""
    remarks = models.JSONField(default=list)
    is_held = models.BooleanField(default=False)
    """What it makes is not told the other product before it is released (IMP-8)."""
    released_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """Whose upload it is; nobody's when the command line imports."""
    job = models.ForeignKey(
        "foundation_jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    """The background work that carries it on."""
    finished_at = models.DateTimeField(null=True)
    reverted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            # Two imports of one file at once would create every record twice.
            models.UniqueConstraint(
                fields=["file_sha256", "what"], condition=Q(state__in=BEGUN), name="importing_one_open_run_per_file"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def has_begun(self) -> bool:
        return self.state in (*BEGUN, *ENDED)

    @property
    def first_shown(self) -> int:
        """What a row is called is its place in the file; cards are counted, rows as a spreadsheet counts them."""
        return 1

    @property
    def row_word(self) -> str:
        """What one entry of the file is called."""
        return "card" if self.facts.get("kind") == "vcard" else "row"

    @property
    def shown_counts(self) -> dict[str, Any]:
        """Rows by what became of them."""
        return {
            "created": self.created_count, "updated": self.updated_count, "skipped": self.skipped_count,
            "failed": self.failed_count,
        }  # fmt: skip


class ImportFailure(models.Model):
    """A row that was refused or left out, with the reason; kept so that it can be corrected and imported again."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="failures")
    row_number = models.PositiveIntegerField()
    reason = models.TextField()
    cells = FastJSONField(default=list)
    is_skipped = models.BooleanField(default=False)
    """Left out because nothing was wrong with that, such as somebody who is here already."""

    class Meta:
        ordering: ClassVar = ["row_number", "id"]
        indexes: ClassVar = [models.Index(fields=["run", "is_skipped", "row_number"], name="importing_failure_rows")]


class ImportMark(models.Model):
    """What a row became: the record, and for an update its fields before and after. An undo goes by these (IMP-7)."""

    class Action(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="marks")
    row_number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    object_id = models.UUIDField()
    action = models.CharField(max_length=7, choices=Action)
    before = FastJSONField(null=True)
    after = FastJSONField(null=True)
    undone_at = models.DateTimeField(null=True)
    kept_reason = models.TextField(blank=True)
    """Why an undo left it as it is."""
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["run", "id"], name="importing_mark_of_run"),
            models.Index(fields=["object_id"], name="importing_mark_of_object"),
        ]


class ImportDoubt(models.Model):
    """A row that looks like somebody who is here, and what a person decided about it (IMP-3)."""

    class Decision(models.TextChoices):
        OPEN = "", "Not decided"
        SKIP = "skip", "Leave the row out"
        UPDATE = "update", "Update the record that is here"
        CREATE = "create", "Create it anyway"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="doubts")
    row_number = models.PositiveIntegerField()
    label = models.CharField(max_length=200)
    details = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    """[{"id", "score", "reasons"}], best first."""
    decision = models.CharField(max_length=6, choices=Decision, default=Decision.OPEN, blank=True)
    target = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar = ["row_number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "row_number"], name="importing_doubt_once")]


class SavedMapping(models.Model):
    """How the columns of a sort of file are read; known again by its headings (IMP-1)."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=40)
    name = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    """Whose it is; nobody's is the firm's."""
    header_key = models.CharField(max_length=64)
    """SHA-256 of the headings, whatever their order."""
    columns = models.JSONField(default=dict)
    """Squashed heading to field."""
    used_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "header_key"], name="importing_mapping_key")]

    def __str__(self) -> str:
        return self.name

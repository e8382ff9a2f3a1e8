"""The shapes of files, splits and groups. Percentages and amounts are text, so that no digit is lost on the way."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Final, Literal
from uuid import UUID

from ninja import Field, Schema

from counterpart.accounting.api.v1.schemas import RecordFilters, Strict, SyncOut
from counterpart.accounting.split import LINES_MAX
from counterpart.foundation.lists.api import filter_field, sort_field

PAYERS_MAX: Final = 5_000
"""Bounds one request, not a file: real dockets have more than a hundred defendants."""

Id = Annotated[UUID, Field(strict=False)]
"""An identity, as the text it is in JSON."""
Status = Literal["open", "closed"]
Percent = str | int | float
"""As text such as "33.3333"; a number is read digit by digit as it was written."""


class PayerIn(Strict):
    """A client of a file, and the share of its bills. The first pays what the others leave."""

    ignored: ClassVar = frozenset({"name", "number", "is_primary"})

    contact_id: Id
    percent: Percent | None = Field(None, description="At most four decimals. Left out: unchanged, 0 for a new client.")


class FilePatch(Strict):
    """What can be written; fields left out stay as they are. People are named by e-mail, list entries by code."""

    ignored: ClassVar = frozenset({"opened_received", "from_practice_management", "closed_on", "group_id"})

    description: str | None = None
    number: str | None = Field(
        None,
        description="Left out or null: the next number on creation, unchanged afterwards. "
        "Empty in a change: the next number. At most 20 characters, no spaces, no *.",
    )
    keep_sequence: bool = Field(default=False, description="Use the number and leave the counter where it is.")
    opened_on: str | None = Field(None, description="A date such as 2026-01-31.")
    responsible: str | None = None
    assigned: str | None = None
    lead: str | None = None
    originating: str | None = None
    responsible_allocation: Percent | None = Field(None, description="Share of the fees, in percent.")
    assigned_allocation: Percent | None = None
    lead_allocation: Percent | None = None
    originating_allocation: Percent | None = None
    area_of_practice: str | None = None
    rate_group: str | None = None
    file_group: str | None = None
    billing_group: str | None = None
    default_task: str | None = None
    billing_hold: bool | None = None
    entry_hold: bool | None = None
    trust_hold: bool | None = None
    hold_reason: str | None = None
    status: Status | None = Field(None, description="`closed` closes, `open` reopens.")
    payers: list[PayerIn] | None = Field(
        None,
        max_length=PAYERS_MAX,
        description="The clients in order, the first is the primary contact. While the integration is on, only "
        "percentages can be changed here.",
    )


class FileIn(FilePatch):
    """A file to be; description, responsible and a payer are needed."""

    ignored: ClassVar = FilePatch.ignored - {"group_id"}

    status: Literal["open"] | None = None
    group_id: Id | None = Field(None, description="A group contact instead of payers.")


class PayerOut(Schema):
    """A client of a file."""

    contact_id: UUID
    name: str
    number: str
    percent: str = Field(description="Four decimals; those of a file total 100.0000.")
    is_primary: bool


class FileOut(Schema):
    """A file of Legal Accounting."""

    id: UUID
    number: str
    description: str
    opened_on: date
    opened_received: date | None = Field(description="The date Practice Management gave, if it did.")
    responsible: str | None
    assigned: str | None
    lead: str | None
    originating: str | None
    responsible_allocation: str | None
    assigned_allocation: str | None
    lead_allocation: str | None
    originating_allocation: str | None
    area_of_practice: str
    rate_group: str
    file_group: str
    billing_group: str
    default_task: str
    billing_hold: bool
    entry_hold: bool
    trust_hold: bool
    hold_reason: str | None
    group_id: UUID | None
    payers: list[PayerOut]
    from_practice_management: bool
    status: Status
    closed_on: date | None
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    sync: SyncOut


class FileFilters(RecordFilters):
    """Filters of the list; all that are given must hold."""

    q: str | None = Field(None, max_length=200, description="Words of description or clients, or a number.")
    contact_id: UUID | None = Field(None, description="Files this contact is a client of.")
    responsible: str | None = Field(None, max_length=254, description="E-mail of the responsible lawyer.")
    status: Status | None = None
    assigned: str | None = filter_field()
    area: str | None = filter_field()
    rate: str | None = filter_field()
    billing: str | None = filter_field()
    hold: str | None = filter_field()
    from_pm: str | None = filter_field()
    description: str | None = filter_field()
    client: str | None = filter_field()
    opened: str | None = filter_field()
    closed: str | None = filter_field()
    updated: str | None = filter_field()
    updated_by: str | None = filter_field()
    sort: str | None = sort_field()


class FormerPayerOut(Schema):
    """Who was a client once and may still owe or own something (LA-SPL-3)."""

    contact_id: UUID
    name: str
    ended_at: datetime


class ReviewOut(Schema):
    """The clients changed; somebody has to confirm the shares."""

    reason: str
    made_at: datetime
    made_by: str


class SplitOut(Schema):
    """How the bills of a file are divided."""

    payers: list[PayerOut]
    former_payers: list[FormerPayerOut]
    review: ReviewOut | None
    version: int


class SplitIn(Strict):
    """Shares to be. Those left out stay; the primary contact has the rest, and if named must have just that."""

    ignored: ClassVar = frozenset({"former_payers", "review"})

    payers: list[PayerIn] = Field(min_length=1, max_length=PAYERS_MAX)


class LineIn(Strict):
    """One line of a bill."""

    description: str = Field("", max_length=200)
    amount: str | int | float = Field(description='Such as "1234.56"; two decimals, may be negative.')


class PreviewIn(Strict):
    """Lines to divide, and shares to try instead of the file's own."""

    lines: list[LineIn] = Field(min_length=1, max_length=LINES_MAX)
    payers: list[PayerIn] | None = Field(None, max_length=PAYERS_MAX)


class LineShareOut(Schema):
    """A payer's part of a line."""

    contact_id: UUID
    amount: str


class LineOut(Schema):
    """One line, divided; the parts add up to it."""

    description: str
    amount: str
    shares: list[LineShareOut]


class PayerTotalOut(PayerOut):
    """What a payer would be billed; nothing at 0 percent."""

    amount: str


class PreviewOut(Schema):
    """The bill divided, to the cent."""

    total: str
    payers: list[PayerTotalOut]
    lines: list[LineOut]


class MemberOut(Schema):
    """A member of a group contact."""

    contact_id: UUID
    name: str
    number: str


class MembersOut(Schema):
    """The members in their order."""

    items: list[MemberOut]


class MembersIn(Strict):
    """Contacts to add."""

    contact_ids: list[Id] = Field(min_length=1, max_length=PAYERS_MAX)


class GroupIn(Strict):
    """A group contact to be."""

    name: str
    number: str | None = None
    members: list[Id] = Field(min_length=1, max_length=PAYERS_MAX)


class ClientIn(Strict):
    """A contact to become a client, or the primary contact."""

    contact_id: Id

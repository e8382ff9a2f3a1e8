"""The shapes of version 1, as the OpenAPI document tells them. What a value may be is the domain's business."""

from datetime import datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict, model_validator

from counterpart.accounting.contacts.fields import ADDITIONAL_MAX, EXTERNAL_REFERENCE_MAX
from counterpart.foundation.api.paging import Moment, PageParams
from counterpart.foundation.lists.api import filter_field, sort_field

BATCH_MAX: Final = 1_000
READ_ONLY: Final = frozenset(
    {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "sync", "is_group", "additional_methods"}
)
"""Members of an answer that may be sent back, so that a program can change what it read; they change nothing."""

DisplayAs = Literal["individual", "company"]
ContactType = Literal["client", "vendor", "other"]
Status = Literal["active", "closed"]
LinkStatus = Literal[
    "synchronized", "unsynchronized", "pending", "unknown", "error", "green", "gray", "lightblue", "yellow", "red"
]


class Strict(Schema):
    """Refuses what it does not know: a misspelt field must not be lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)
    ignored: ClassVar[frozenset[str]] = frozenset()
    """What else of an answer may be sent back, beside ``READ_ONLY``."""

    @model_validator(mode="before")
    @classmethod
    def _without_read_only(cls, given: Any) -> Any:
        passed_over = READ_ONLY | cls.ignored
        if isinstance(given, dict) and not passed_over.isdisjoint(given):
            return {name: value for name, value in given.items() if name not in passed_over}
        return given


class AddressIn(Strict):
    """An address; empty parts may be left out."""

    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str | None = Field(None, description="Two letters, ISO 3166-1, such as NZ.")


class AdditionalAddressIn(AddressIn):
    """An additional address; `mailing` is the one Practice Management shares, `billing` prints on invoices."""

    usage: Literal["mailing", "billing", "other"] = "mailing"


class ContactPatch(Strict):
    """What can be written; fields left out stay as they are, null or "" empties."""

    display_as: DisplayAs | None = Field(None, description="Counts only with both a person's name and a company.")
    contact_type: ContactType | None = None
    number: str | None = Field(
        None,
        description="Left out or null: the next number on creation, unchanged afterwards. "
        "Empty in a change: the next number. At most 15 characters, no spaces, no *.",
    )
    keep_sequence: bool = Field(default=False, description="Use the number and leave the sequence where it is.")
    title: str | None = None
    first: str | None = None
    middle: str | None = None
    last: str | None = None
    suffix: str | None = None
    company: str | None = None
    alias: str | None = None
    email: str | None = None
    work_phone: str | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    other_phone: str | None = None
    fax: str | None = None
    external_reference: str | None = Field(
        None,
        description="What another program calls the contact; each is used once. It stays in Legal Accounting.",
        json_schema_extra={"maxLength": EXTERNAL_REFERENCE_MAX},
    )
    main_address: AddressIn | None = None
    additional_addresses: list[AdditionalAddressIn] | None = Field(None, max_length=ADDITIONAL_MAX)
    status: Status | None = Field(None, description="`closed` closes, `active` reopens.")


class ContactIn(ContactPatch):
    """A contact to be; a last name or a company is needed."""

    status: Literal["active"] | None = None


class ContactBatch(Strict):
    """Contacts to be, numbered in this order."""

    items: list[dict[str, Any]] = Field(
        min_length=1,
        max_length=BATCH_MAX,
        json_schema_extra={"items": {"x-schema": "ContactIn"}},
    )

    @model_validator(mode="before")
    @classmethod
    def _from_a_list(cls, given: Any) -> Any:
        """A bare list is what most programs have at hand. Ninja validates twice, the second time wrapped."""
        bare = getattr(given, "_obj", given)
        return {"items": bare} if isinstance(bare, list) else given


class SyncOut(Schema):
    """The state of the link with Practice Management."""

    status: Literal["synchronized", "unsynchronized", "pending", "unknown", "error"]
    colour: Literal["green", "gray", "lightblue", "yellow", "red"]
    detail: str
    since: datetime | None
    counterpart_url: str | None


class AddressOut(Schema):
    """An address with all its parts; null where empty."""

    line1: str | None
    line2: str | None
    city: str | None
    state: str | None
    postcode: str | None
    country: str | None


class AdditionalAddressOut(AddressOut):
    """An additional address."""

    usage: Literal["mailing", "billing", "other"]


class MethodOut(Schema):
    """A further number or a county (IMP-7)."""

    label: str
    value: str


class ContactOut(Schema):
    """A contact of Legal Accounting; text that is empty is null."""

    id: UUID
    display_as: DisplayAs
    contact_type: ContactType
    is_group: bool
    number: str
    title: str | None
    first: str | None
    middle: str | None
    last: str | None
    suffix: str | None
    company: str | None
    alias: str | None
    email: str | None
    work_phone: str | None
    mobile_phone: str | None
    home_phone: str | None
    other_phone: str | None
    fax: str | None
    external_reference: str | None
    main_address: AddressOut
    additional_addresses: list[AdditionalAddressOut]
    additional_methods: list[MethodOut] = Field(description="As Practice Management says them; changed there.")
    status: Status
    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    sync: SyncOut


class FieldProblemOut(Schema):
    """What is wrong with one field."""

    field: str
    message: str
    code: str


class BatchResult(Schema):
    """What became of one item, at its place: 201 with the contact, or 422 with the errors."""

    index: int
    status: Literal[201, 422]
    id: UUID | None
    contact: ContactOut | None
    errors: list[FieldProblemOut]


class BatchOut(Schema):
    """One result per item, in the order sent."""

    items: list[BatchResult]
    created: int
    failed: int


class RecordFilters(PageParams):
    """Filters that lists of contacts and of files have in common."""

    number: str | None = Field(None, max_length=200, description="Exactly this number, letter case aside.")
    sync_status: LinkStatus | None = None
    updated_since: Moment | None = None


class ContactFilters(RecordFilters):
    """Filters of the list; all that are given must hold."""

    q: str | None = Field(None, max_length=200, description="Words, digits of a phone, or a number, also a former one.")
    status: Status | None = None
    contact_type: ContactType | None = None
    display_as: str | None = filter_field()
    is_group: str | None = filter_field()
    name: str | None = filter_field()
    company: str | None = filter_field()
    email: str | None = filter_field()
    phone: str | None = filter_field()
    external_reference: str | None = filter_field()
    city: str | None = filter_field()
    country: str | None = filter_field()
    created: str | None = filter_field()
    updated: str | None = filter_field()
    updated_by: str | None = filter_field()
    sort: str | None = sort_field()

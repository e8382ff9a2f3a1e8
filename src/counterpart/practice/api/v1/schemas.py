"""What goes in and out (API-3). Text that is empty is null; an address always has all its parts."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict, model_validator

from counterpart.contracts.contact import LIMITS
from counterpart.foundation.api.paging import Moment, PageParams
from counterpart.foundation.lists.api import filter_field, sort_field
from counterpart.practice.contacts.drafts import PHONES_MAX
from counterpart.practice.contacts.models import (
    EXTERNAL_REFERENCE_MAX,
    OCCUPATION_MAX,
    TAX_NUMBER_MAX,
    WEBSITE_MAX,
)
from counterpart.practice.contacts.personal import EMAILS_MAX

KindName = Literal["individual", "company"]
LabelName = Literal["business", "mobile", "home", "other", "fax", "sms"]
SequenceName = Literal["client", "vendor", "other"]
StatusName = Literal["active", "closed"]
LinkStatus = Literal["synchronized", "unsynchronized", "pending", "unknown", "error"]
ColourName = Literal["green", "gray", "lightblue", "yellow", "red"]

READ_ONLY: Final = frozenset(
    {"id", "version", "created_at", "created_by", "updated_at", "updated_by", "requested_reference", "sync"}
)
"""Members of an answer that may be sent back, so that a program can change what it read; they change nothing."""


class Body(Schema):
    """What a program sends: exact types, and no member we do not know, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", strict=True)
    read_only: ClassVar[frozenset[str]] = READ_ONLY

    @model_validator(mode="before")
    @classmethod
    def without_read_only(cls, given: Any) -> Any:
        if isinstance(given, dict) and not cls.read_only.isdisjoint(given):
            return {name: value for name, value in given.items() if name not in cls.read_only}
        return given


def _text(limit: str, description: str = "") -> Any:
    # The limit is checked after the text is tidied, with our own sentence; here it is for the document only.
    return Field(None, description=description, json_schema_extra={"maxLength": LIMITS[limit]})


class Phone(Schema):
    """A phone number; the first of each label is shared with Legal Accounting, except text messages."""

    model_config = ConfigDict(extra="forbid", strict=True)

    label: LabelName
    number: str


class Address(Schema):
    """A postal address. The county stays in Practice Management."""

    model_config = ConfigDict(extra="forbid", strict=True)

    line1: str | None = _text("line1")
    line2: str | None = _text("line2")
    city: str | None = _text("city")
    county: str | None = _text("city")
    state: str | None = _text("state")
    postcode: str | None = _text("postcode")
    country: str | None = Field(None, description="Two letters, ISO 3166-1.")


Phones = Annotated[list[Phone], Field(max_length=PHONES_MAX)]


Emails = Annotated[list[str], Field(max_length=EMAILS_MAX)]


class ContactFields(Body):
    """What can be said of a contact, new or known."""

    title: str | None = _text("title")
    first: str | None = _text("first", "An individual has a first or a last name.")
    middle: str | None = _text("middle")
    last: str | None = _text("last")
    suffix: str | None = _text("suffix")
    company: str | None = _text("company", "Of a company its name; of an individual the employer.")
    alias: str | None = _text("alias")
    email: str | None = _text("email", "The primary address. Without one, the first of `emails` becomes it.")
    emails: Emails | None = Field(None, description="Further addresses, in order.")
    phones: Phones | None = None
    physical_address: Address | None = None
    mailing_address: Address | None = None
    reference: str | None = Field(
        None, description="Empty: Legal Accounting numbers the contact. At most 15 characters, no spaces, no *."
    )
    keep_sequence: bool = Field(
        default=False, description="With a reference: automatic numbering goes on as if it had not been typed."
    )
    external_reference: str | None = Field(
        None,
        description="What another program calls the contact; each is used once. It stays in Practice Management.",
        json_schema_extra={"maxLength": EXTERNAL_REFERENCE_MAX},
    )
    website: str | None = Field(
        None, description="Begins with http:// or https://.", json_schema_extra={"maxLength": WEBSITE_MAX}
    )
    occupation: str | None = Field(
        None, description="Of an individual.", json_schema_extra={"maxLength": OCCUPATION_MAX}
    )
    date_of_birth: str | None = Field(
        None, description="Of an individual; not in the future.", json_schema_extra={"format": "date"}
    )
    tax_number: str | None = Field(
        None,
        description="Needs the right to see tax numbers. The mask that others read changes nothing when sent back.",
        json_schema_extra={"maxLength": TAX_NUMBER_MAX},
    )


class ContactIn(ContactFields):
    """A new contact."""

    kind: KindName = "individual"
    numbering_sequence: SequenceName | None = Field(
        None, description="Counts only while separate numbering sequences are on."
    )
    status: Literal["active"] = "active"


class ContactPatch(ContactFields):
    """The members to change; those left out stay as they are."""

    kind: KindName | None = None
    numbering_sequence: SequenceName | None = Field(
        None, description="Chosen when a contact is created; another value is refused."
    )
    status: StatusName | None = None


class SyncOut(Schema):
    """The state of the link to Legal Accounting."""

    status: LinkStatus
    colour: ColourName
    detail: str
    since: datetime | None
    counterpart_url: str | None


class KeptOut(Schema):
    """What every record says of itself."""

    version: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    sync: SyncOut


class ContactOut(KeptOut):
    """A contact."""

    id: UUID
    kind: KindName
    title: str | None
    first: str | None
    middle: str | None
    last: str | None
    suffix: str | None
    company: str | None
    alias: str | None
    email: str | None
    emails: list[str] = Field(description="Further addresses.")
    phones: list[Phone]
    physical_address: Address
    mailing_address: Address
    reference: str | None = Field(description="The number, or what was asked for while there is none.")
    requested_reference: str | None = Field(description="What was asked for and is not granted yet.")
    external_reference: str | None
    website: str | None
    occupation: str | None
    date_of_birth: str | None = Field(json_schema_extra={"format": "date"})
    tax_number: str | None = Field(description="Masked for those who may not see tax numbers.")
    numbering_sequence: SequenceName
    status: StatusName


class ContactFilters(PageParams):
    """Filters of the list; all given ones must hold."""

    reference: str | None = Field(None, max_length=100, description="The number, or what was asked for.")
    q: str | None = Field(None, max_length=200, description="Words of name, alias, company, number, e-mail, phone.")
    sync_status: LinkStatus | ColourName | None = Field(None, description="A status or its colour.")
    updated_since: Moment | None = None
    status: StatusName | None = None
    kind: KindName | None = None
    type: str | None = filter_field()
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


class Listed(Schema):
    """A body that is a list, under ``items``."""

    @model_validator(mode="before")
    @classmethod
    def _from_a_list(cls, given: Any) -> Any:
        """A bare list is what most programs have at hand. Ninja validates twice, the second time wrapped."""
        bare = getattr(given, "_obj", given)
        return {"items": bare} if isinstance(bare, list) else given


class BatchIn(Listed):
    """Up to 1,000 contacts."""

    items: list[dict[str, Any]] = Field(
        min_length=1, max_length=1000, json_schema_extra={"items": {"x-schema": "ContactIn"}}
    )


class FieldProblemOut(Schema):
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
    items: list[BatchResult]
    created: int
    failed: int


class SettingsOut(Schema):
    """Admin > General settings > Contacts."""

    separate_numbering_sequences: bool
    sync_addresses: bool
    share_methods: bool = Field(
        description="Further phone numbers, e-mail addresses and counties are carried to Legal Accounting."
    )
    name_order: Literal["first_last", "last_first"]
    show_title: bool
    show_middle: bool
    show_suffix: bool
    default_country: str | None
    version: int
    peer_separate_numbering_sequences: bool | None = Field(
        description="The same switch in Legal Accounting; null while it has not been heard of."
    )


class SettingsPatch(Schema):
    """The settings to change."""

    model_config = ConfigDict(extra="forbid", strict=True)

    separate_numbering_sequences: bool | None = None
    sync_addresses: bool | None = None
    share_methods: bool | None = None
    name_order: Literal["first_last", "last_first"] | None = None
    show_title: bool | None = None
    show_middle: bool | None = None
    show_suffix: bool | None = None
    default_country: str | None = None


class Counts(Schema):
    """Records per colour of the link."""

    green: int
    gray: int
    lightblue: int
    yellow: int
    red: int


class SyncSummary(Schema):
    """How the link as a whole is doing."""

    counts: Counts
    oldest_pending_s: float | None = Field(description="Age of the oldest pending change, in seconds.")
    since_contact_s: float | None = Field(description="Seconds since Legal Accounting was last heard of.")
    conflicts: int
    attention: int

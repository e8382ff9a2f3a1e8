"""What goes in and out of matters. Types and roles are named by id or by name, people by e-mail address."""

import datetime as dt
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict

from counterpart.contracts.matter import LIMITS
from counterpart.foundation.api.paging import Moment, PageParams
from counterpart.foundation.lists.api import filter_field
from counterpart.practice.api.v1.schemas import Body, ColourName, KeptOut, LinkStatus, Listed
from counterpart.practice.matters.drafts import PARTIES_MAX
from counterpart.practice.matters.queries import SORTS
from counterpart.protocol.numbers import FILE_NUMBER_MAX

Day = Annotated[dt.date, Field(strict=False)]
Id = Annotated[UUID, Field(strict=False)]
PriorityName = Literal["low", "normal", "high"]
OpenStatus = Literal["active", "inactive", "template"]
MatterStatus = Literal["active", "inactive", "closed", "template"]
LimitName = Literal["individual", "company"]
REASSIGNED_MAX = 1000


class PartyIn(Body):
    """A contact on a matter in one role. What was read may be sent back."""

    read_only: ClassVar[frozenset[str]] = frozenset({"id", "role_id", "contact_name", "is_primary_client"})

    role: str = Field(description="Name or id of a role of the matter's type.")
    contact_id: Id
    position: int | None = Field(None, ge=1, description="Place within the role; without it the order of the list.")
    represents: list[Id] = Field([], description="Contacts this one stands for on the matter.")


Parties = Annotated[list[PartyIn], Field(max_length=PARTIES_MAX)]


class PartiesIn(Listed):
    """All parties of a matter; also as a bare list."""

    items: Parties


class PartyChangeIn(Body):
    """Another contact in the same place."""

    contact_id: Id


class PartyMove(Body):
    """One place up or down within the role."""

    direction: Literal["up", "down"]


class PartyOut(Schema):
    """A party as it is."""

    id: UUID
    role: str
    role_id: UUID
    contact_id: UUID
    contact_name: str
    position: int = Field(description="From 1, within the role. The client at position 1 is the primary client.")
    is_primary_client: bool
    represents: list[UUID]


class PartiesOut(Schema):
    items: list[PartyOut]


class MatterFields(Body):
    """What can be said of a matter, new or known."""

    read_only: ClassVar[frozenset[str]] = frozenset(
        {
            "id", "matter_number", "requested_reference", "matter_type_id", "assigned_to_name", "responsible", "lead",
            "version", "created_at", "created_by", "updated_at", "updated_by", "sync",
        }
    )  # fmt: skip

    name: str | None = Field(None, json_schema_extra={"maxLength": LIMITS["title"]})
    file_reference: str | None = Field(
        None,
        description="Empty: Legal Accounting numbers the matter. "
        f"At most {FILE_NUMBER_MAX} characters, no spaces, no *.",
    )
    keep_sequence: bool = Field(
        default=False, description="With a file reference: automatic numbering goes on as if it had not been typed."
    )
    assigned_to: str | None = Field(None, description="E-mail address of a person; new matters: without it the caller.")
    priority: PriorityName | None = None
    date: Day | None = Field(None, description="New matters: without it today.")
    restricted: bool | None = Field(None, description="Only listed people see a restricted matter.")
    access: list[str] | None = Field(None, max_length=1000, description="E-mail addresses of the people listed.")
    external_reference: str | None = None
    parties: Parties | None = Field(None, description="All parties, in order within each role.")


class MatterIn(MatterFields):
    """A new matter."""

    matter_type: str | None = Field(None, description="Name or id; without it the first type in use.")
    status: OpenStatus = "active"


class MatterPatch(MatterFields):
    """The members to change; those left out stay as they are. A status closes and reopens."""

    matter_type: str | None = Field(None, description="Chosen when a matter is created; another one is refused.")
    status: MatterStatus | None = None
    reason: str | None = Field(None, max_length=500, description="Why it is closed although something is open.")
    force: bool = Field(default=False, description="Close although something is open; needs a reason.")


class MatterOut(KeptOut):
    """A matter."""

    id: UUID
    matter_number: int = Field(description="The Matter ID: given once, never again.")
    name: str
    file_reference: str | None = Field(description="The number, or what was asked for while there is none.")
    requested_reference: str | None = Field(description="What was asked for and is not granted yet.")
    external_reference: str | None
    matter_type: str
    matter_type_id: UUID
    assigned_to: str
    assigned_to_name: str
    status: MatterStatus
    priority: PriorityName
    date: dt.date
    restricted: bool
    access: list[str] = Field(description="Who is listed; empty unless the matter is restricted.")
    parties: list[PartyOut]
    responsible: str | None = Field(description="As Legal Accounting tells it; e-mail address.")
    lead: str | None = Field(description="As Legal Accounting tells it; e-mail address.")


class MatterFilters(PageParams):
    """Filters of the list; all given ones must hold."""

    q: str | None = Field(None, max_length=200, description="Words of name, numbers, and clients' names and numbers.")
    file_reference: str | None = Field(None, max_length=100, description="The number, or what was asked for.")
    external_reference: str | None = Field(None, max_length=200)
    matter_type: str | None = Field(None, max_length=100, description="Name or id.")
    assigned_to: str | None = Field(None, max_length=254, description="E-mail address.")
    status: MatterStatus | None = None
    restricted: bool | None = None
    contact_id: UUID | None = Field(None, description="Matters this contact is on, as anything.")
    client_id: UUID | None = Field(None, description="Matters this contact is a client of.")
    sync_status: LinkStatus | ColourName | None = Field(None, description="A status or its colour.")
    updated_since: Moment | None = None
    name: str | None = filter_field()
    client: str | None = filter_field()
    number: str | None = filter_field()
    priority: str | None = filter_field()
    date: str | None = filter_field()
    created: str | None = filter_field()
    updated: str | None = filter_field()
    updated_by: str | None = filter_field()
    sort: str = Field(
        "created",
        description="A column; with - the other way round.",
        pattern=f"^({'|'.join(SORTS)})$",
    )


class ReassignIn(Body):
    """Matters and the person they go to; all or none."""

    matter_ids: list[Id] = Field(min_length=1, max_length=REASSIGNED_MAX)
    assigned_to: str = Field(description="E-mail address of a person.")


class ReassignOut(Schema):
    changed: list[UUID]
    unchanged: list[UUID]


class RoleIn(Schema):
    """A role of a matter type; with its id one there is already."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: Id | None = None
    name: str
    required: bool = False
    many: bool = True
    limited_to: LimitName | None = None
    is_primary: bool = Field(default=False, description="Exactly one: the role whose parties are the clients.")


class RoleOut(Schema):
    id: UUID
    name: str
    required: bool
    many: bool
    limited_to: LimitName | None
    is_primary: bool


class TypeFields(Body):
    read_only: ClassVar[frozenset[str]] = frozenset({"id", "version"})

    is_active: bool | None = None
    needs_roles_to_close: bool | None = Field(None, description="Closing needs every required role filled.")
    needs_link_to_close: bool | None = Field(None, description="Closing needs a link without error.")


class TypeIn(TypeFields):
    """A new matter type."""

    name: str
    roles: list[RoleIn] = Field(min_length=1, max_length=100)


class TypePatch(TypeFields):
    """The members to change; ``roles`` are all roles, in order."""

    name: str | None = None
    roles: list[RoleIn] | None = Field(None, min_length=1, max_length=100)


class TypeOut(Schema):
    """A matter type with its roles in order."""

    id: UUID
    name: str
    is_active: bool
    needs_roles_to_close: bool
    needs_link_to_close: bool
    roles: list[RoleOut]
    version: int


class TypesOut(Schema):
    items: list[TypeOut]


class FormField(Schema):
    """A member of a new matter: whether it must be there, and what stands for it otherwise."""

    name: str
    required: bool
    default: str | None
    choices: list[str] | None


class CreateForm(Schema):
    """What creating a matter of this type asks for."""

    matter_type: str
    matter_type_id: UUID
    fields: list[FormField]
    roles: list[RoleOut]


class PersonOut(Schema):
    """Somebody a matter can be assigned to."""

    id: UUID
    name: str
    email: str


class StaffOut(Schema):
    items: list[PersonOut]


class MatterSettingsOut(Schema):
    """Admin > General settings > Matters."""

    close_in_step: bool = Field(description="Matters close and reopen with their files in Legal Accounting.")
    version: int


class MatterSettingsPatch(Schema):
    """The settings to change."""

    model_config = ConfigDict(extra="forbid", strict=True)

    close_in_step: bool | None = None

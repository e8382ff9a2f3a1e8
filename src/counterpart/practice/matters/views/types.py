"""Admin > Matter types: the kinds of work and the roles people have in them (PTY-2)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterpart.foundation.clock import now
from counterpart.foundation.errors import Blocked, FieldError, Refused, Stale
from counterpart.practice.contacts.views.access import actor_of, signed_in
from counterpart.practice.matters import operations, queries
from counterpart.practice.matters.enums import Limit
from counterpart.practice.matters.models import MatterType
from counterpart.practice.matters.operations import RoleDraft
from counterpart.practice.matters.views.finding import uuid_of

RIGHT: Final = "settings.edit"
ROWS_MAX: Final = 100
CHANGED_MEANWHILE: Final = "Somebody else changed this type meanwhile. Reload the page to see it."


@dataclass(slots=True)
class RoleRow:
    """A role as a row of the form."""

    name: str = ""
    id: str = ""
    is_required: bool = False
    is_many: bool = True
    limited_to: str = ""
    is_primary: bool = False
    held: int = 0
    errors: list[str] = field(default_factory=list)

    def draft(self) -> RoleDraft:
        """The role as the operation takes it."""
        return RoleDraft(self.name, uuid_of(self.id), self.is_required, self.is_many, self.limited_to, self.is_primary)


@dataclass(slots=True)
class TypeForm:
    """The form of a matter type: its own fields, and a row per role."""

    name: str = ""
    is_active: bool = True
    needs_roles_to_close: bool = True
    needs_link_to_close: bool = True
    version: int = 0
    rows: list[RoleRow] = field(default_factory=list)
    name_errors: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, found: MatterType) -> "TypeForm":
        """The form filled with a type as it is."""
        held = queries.role_usage(found.pk)
        rows = [
            RoleRow(
                role.name, str(role.pk), role.is_required, role.is_many, role.limited_to, role.is_primary,
                held.get(role.pk, 0),
            )
            for role in found.roles.all()
        ]  # fmt: skip
        return cls(
            found.name, found.is_active, found.needs_roles_to_close, found.needs_link_to_close, found.version, rows
        )

    @classmethod
    def read(cls, request: HttpRequest, held: dict[UUID, int]) -> "TypeForm":
        """The form as it was sent."""
        sent = request.POST
        primary = sent.get("primary", "")
        rows = []
        for place in _places(sent.get("rows", "")):
            mark = f"role-{place}-"
            role_id = sent.get(f"{mark}id", "")
            limit = sent.get(f"{mark}limited_to", "")
            rows.append(
                RoleRow(
                    sent.get(f"{mark}name", "")[:300], role_id, f"{mark}required" in sent,
                    sent.get(f"{mark}many", "many") == "many", limit, primary == str(place),
                    held.get(uuid_of(role_id) or UUID(int=0), 0),
                )
            )  # fmt: skip
        version = sent.get("version", "")
        return cls(
            sent.get("name", "")[:500], "is_active" in sent, "needs_roles_to_close" in sent,
            "needs_link_to_close" in sent, int(version) if version.isdigit() else 0, rows,
        )  # fmt: skip

    def press(self, button: str) -> None:
        """Do what a button beside the rows says: ``<verb>:<place>``."""
        verb, _, place = button.partition(":")
        at = int(place) if place.isdigit() and int(place) < len(self.rows) else None
        if verb == "add" and len(self.rows) < ROWS_MAX:
            self.rows.append(RoleRow())
        elif verb == "drop" and at is not None:
            del self.rows[at]
        elif verb == "up" and at:
            self.rows[at - 1], self.rows[at] = self.rows[at], self.rows[at - 1]
        elif verb == "down" and at is not None and at + 1 < len(self.rows):
            self.rows[at + 1], self.rows[at] = self.rows[at], self.rows[at + 1]

    def guards(self) -> dict[str, bool]:
        """What has to be settled before a matter of this type is closed."""
        return {"needs_roles_to_close": self.needs_roles_to_close, "needs_link_to_close": self.needs_link_to_close}

    def roles(self) -> list[RoleDraft]:
        """The roles as the operation takes them; a row nobody wrote into is no role."""
        return [row.draft() for row in self.rows]

    def add_errors(self, errors: Iterable[FieldError]) -> None:
        """Put a refusal's sentences beside the fields they are about."""
        for error in errors:
            part, _, rest = error.field.partition(".")
            place = rest.partition(".")[0]
            if part == "roles" and place.isdigit() and int(place) < len(self.rows):
                self.rows[int(place)].errors.append(error.message)
            elif part == "name":
                self.name_errors.append(error.message)
            else:
                self.errors.append(error.message)

    @property
    def is_refused(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.errors or self.name_errors or any(row.errors for row in self.rows))


@signed_in
@require_safe
def type_list(request: HttpRequest) -> HttpResponse:
    """Every matter type in its order, with its roles and how often it is used."""
    actor_of(request).require(RIGHT)
    usage = queries.type_usage()
    types = [{"type": one, "count": usage.get(one.pk, 0)} for one in queries.matter_types(only_active=False)]
    return render(request, "matters/types.html", {"types": types})


@signed_in
@require_http_methods(["GET", "POST"])
def create_type(request: HttpRequest) -> HttpResponse:
    """A new matter type; it begins with a Client, who is billed."""
    actor = actor_of(request)
    actor.require(RIGHT)
    if request.method == "GET":
        return _page(request, TypeForm(rows=[RoleRow("Client", is_primary=True), RoleRow()]), None)
    form = TypeForm.read(request, {})
    if "act" in request.POST:
        form.press(request.POST["act"])
        return _page(request, form, None)
    form.rows = [row for row in form.rows if row.name.strip() or row.is_primary]
    try:
        made = operations.create_matter_type(actor=actor, name=form.name, roles=form.roles(), at=now(), **form.guards())
    except Refused as refusal:
        form.add_errors(refusal.errors)
        return _page(request, form, None)
    messages.success(request, f"Matter type created: {made.name}.")
    return redirect("matters:types")


@signed_in
@require_http_methods(["GET", "POST"])
def edit_type(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """Change a type, its guards and its roles; what is in use stays."""
    actor = actor_of(request)
    actor.require(RIGHT)
    found = get_object_or_404(MatterType, pk=type_id)
    if request.method == "GET":
        return _page(request, TypeForm.of(found), found)
    form = TypeForm.read(request, queries.role_usage(found.pk))
    if "act" in request.POST:
        form.press(request.POST["act"])
        return _page(request, form, found)
    form.rows = [row for row in form.rows if row.name.strip() or row.is_primary or row.id]
    changes: dict[str, Any] = {"name": form.name, "is_active": form.is_active, **form.guards()}
    try:
        operations.edit_matter_type(
            actor=actor, type_id=found.pk, changes=changes, roles=form.roles(), at=now(), version=form.version
        )
    except Refused as refusal:
        form.add_errors(refusal.errors)
    except Stale:
        form.errors.append(CHANGED_MEANWHILE)
    else:
        messages.success(request, "Matter type saved.")
        return redirect("matters:types")
    return _page(request, form, found)


@signed_in
@require_POST
def move_type(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """One place up or down in the list."""
    actor = actor_of(request)
    actor.require(RIGHT)
    ids = [one.pk for one in queries.matter_types(only_active=False)]
    if type_id in ids:
        at = ids.index(type_id)
        to = at + (1 if request.POST.get("where") == "down" else -1)
        if 0 <= to < len(ids):
            ids[at], ids[to] = ids[to], ids[at]
            operations.order_matter_types(actor=actor, type_ids=ids, at=now())
    return redirect("matters:types")


@signed_in
@require_http_methods(["GET", "POST"])
def delete_type(request: HttpRequest, type_id: UUID) -> HttpResponse:
    """Delete a type no matter ever had."""
    actor = actor_of(request)
    actor.require(RIGHT)
    found = get_object_or_404(MatterType, pk=type_id)
    refusal: Blocked | None = None
    if request.method == "POST":
        try:
            operations.delete_matter_type(actor=actor, type_id=found.pk, at=now())
        except Blocked as blocked:
            refusal = blocked
        else:
            messages.success(request, f"Matter type deleted: {found.name}.")
            return redirect("matters:types")
    context = {"type": found, "refusal": refusal, "count": queries.type_usage().get(found.pk, 0)}
    return render(request, "matters/delete_type.html", context, status=refusal.status if refusal else 200)


def _page(request: HttpRequest, form: TypeForm, found: MatterType | None) -> HttpResponse:
    context = {"form": form, "type": found, "limits": Limit.choices, "action": request.path}
    return render(request, "matters/type.html", context, status=422 if form.is_refused else 200)


def _places(text: str) -> range:
    """The rows that were sent, by number."""
    return range(min(int(text), ROWS_MAX) if text.isdigit() else 0)

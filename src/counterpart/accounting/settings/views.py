"""Administrator Settings: the way there, Firm > Settings > File (SEQ-2, LA-NUM-3, LA-NUM-6) and the lists of files."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from counterpart.accounting.contacts.models import Contact
from counterpart.accounting.contacts.operations import change_required_details
from counterpart.accounting.contacts.queries import required_details as asked_of_contacts
from counterpart.accounting.files.models import File, FileCode
from counterpart.accounting.files.operations import add_code, change_file_options, edit_code, set_default_code
from counterpart.accounting.files.queries import file_codes, file_options
from counterpart.accounting.numbering.file_numbers import change_file_numbering, next_file_number
from counterpart.accounting.numbering.models import FileSequence
from counterpart.accounting.numbering.operations import change_numbering
from counterpart.accounting.numbering.queries import firm_numbering, next_numbers, sequences
from counterpart.accounting.settings.forms import (
    FileNumberingForm,
    FileNumbersForm,
    FileOptionsForm,
    ListEntryForm,
    RequiredDetailsForm,
)
from counterpart.foundation.clock import now
from counterpart.foundation.errors import Refused
from counterpart.foundation.history.models import Event
from counterpart.foundation.users.access import actor_of, page
from counterpart.sync import api as sync

CHANGES_SHOWN = 5


@page()
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Administrator settings as a tree; each person sees the branches the role allows."""
    return render(request, "settings/index.html")


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """Firm > Settings > File: Automatic File Numbering, with the other product's switch beside ours (SEQ-9)."""
    form = FileNumberingForm(request.POST or None, firm=firm_numbering(), sequences=sequences())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_numbering(
                actor=actor_of(request), at=now(), separate=data["separate"], resets=data["resets"],
                sequences=form.changes,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, "The numbering is saved.")
    return _file_page(request, form=form)


@page("settings.edit")
@require_POST
def file_numbers(request: HttpRequest) -> HttpResponse:
    """How files are numbered: by contact or by firm (MAT-10, MAT-11, MAT-12)."""
    form = FileNumbersForm(request.POST, firm=firm_numbering(), sequence=_file_sequence())
    if form.is_valid():
        data = form.cleaned_data
        try:
            change_file_numbering(
                actor=actor_of(request), at=now(), scheme=data["scheme"], width=data["width"],
                separator=data["separator"], next=form.following,
            )  # fmt: skip
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _saved(request, "File numbers are saved. Files that exist keep theirs.")
    return _file_page(request, numbers=form)


@page("settings.edit")
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """What the firm wants of files and matters beyond what both must share (IMP-10, IMP-11)."""
    form = FileOptionsForm(request.POST, options=file_options())
    form.full_clean()
    change_file_options(actor=actor_of(request), at=now(), **form.cleaned_data)
    return _saved(request, "The options are saved.")


@page("settings.edit")
@require_POST
def required_details(request: HttpRequest) -> HttpResponse:
    """What people have to fill in on a new contact (IMP-8)."""
    form = RequiredDetailsForm(request.POST)
    if not form.is_valid():
        return _file_page(request, details=form)
    change_required_details(required=form.cleaned_data["required"], actor=actor_of(request), at=now())
    return _saved(request, "What is asked of new contacts is saved.")


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Contact/Casefile: the five lists every file draws on; a post adds an entry to one (LA-FIL-1, LA-FIL-3)."""
    listing = request.POST.get("listing", "")
    form = ListEntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_code(listing=listing, actor=actor_of(request), at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"{made} is in the list.")
            return redirect("settings:lists")
    return _lists_page(request, {listing: form} if request.method == "POST" else {})


@page("settings.edit")
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Code and name of one entry; files that have it show the new ones."""
    found = _entry(entry_id)
    form = ListEntryForm(request.POST or None, initial={"code": found.code, "name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            edit_code(code_id=found.pk, actor=actor_of(request), at=now(), **form.cleaned_data)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The entry is saved.")
            return redirect("settings:lists")
    context = {"form": form, "entry": found}
    return render(request, "settings/entry.html", context, status=422 if form.errors else 200)


@page("settings.edit")
@require_POST
def default_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Make an entry the one that new files take (MAT-7)."""
    found = _entry(entry_id)
    set_default_code(code_id=found.pk, actor=actor_of(request), at=now())
    messages.success(request, f"New files take {found} now.")
    return redirect("settings:lists")


def _saved(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("settings:file")


def _file_page(
    request: HttpRequest,
    *,
    form: FileNumberingForm | None = None,
    numbers: FileNumbersForm | None = None,
    details: RequiredDetailsForm | None = None,
) -> HttpResponse:
    """The page with its forms; a refused one stands in it as it was typed."""
    firm = firm_numbering()
    form = form or FileNumberingForm(firm=firm, sequences=sequences())
    numbers = numbers or FileNumbersForm(firm=firm, sequence=_file_sequence())
    details = details or RequiredDetailsForm(initial={"required": asked_of_contacts()})
    context = {
        "form": form, "numbers": numbers, "details": details, "options": FileOptionsForm(options=file_options()),
        "peer_switch": _peer_switch(firm.separate_numbering_sequences), "events": _changes(), "counts": _counts(),
        "following": next_numbers(), "next_file": next_file_number(), "firm": firm,
        "has_files": File.objects.exists(),
    }  # fmt: skip
    refused = form.errors or numbers.errors or details.errors
    return render(request, "settings/file.html", context, status=422 if refused else 200)


def _lists_page(request: HttpRequest, refused: dict[str, ListEntryForm]) -> HttpResponse:
    codes = file_codes()
    shown = [
        {
            "listing": listing, "label": label, "codes": codes[listing],
            "form": refused.get(listing) or ListEntryForm(auto_id=f"id_{listing}_%s"),
        }
        for listing, label in FileCode.Listing.choices
    ]  # fmt: skip
    context = {"lists": shown, "back": reverse("settings:index")}
    return render(request, "settings/lists.html", context, status=422 if refused else 200)


def _entry(entry_id: int) -> FileCode:
    found = FileCode.objects.filter(pk=entry_id).first()
    if found is None:
        raise Http404
    return found


def _file_sequence() -> FileSequence:
    return FileSequence.objects.get()


def _peer_switch(ours: bool) -> dict[str, Any]:  # noqa: FBT001 - the state of a switch
    """What is known of Practice Management's own switch: on, off, or nothing yet."""
    theirs = sync.peer().policy.get("separate_numbering_sequences")
    return {"known": theirs is not None, "on": bool(theirs), "same": theirs is not None and bool(theirs) == ours}


def _counts() -> dict[str, int]:
    rows = Contact.objects.filter(deleted_at=None).values_list("contact_type").annotate(Count("pk"))
    return dict(rows)


def _changes() -> list[Event]:
    return list(Event.objects.filter(object_type="settings", verb="setting_changed").order_by("-id")[:CHANGES_SHOWN])

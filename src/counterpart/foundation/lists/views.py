"""The pages of a list: the list itself, its columns, its views (LST-1 to LST-9)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counterpart.foundation import clock
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import Refused
from counterpart.foundation.lists import bulk_views, neighbours, views_kept
from counterpart.foundation.lists.asking import Listing, default_columns, read
from counterpart.foundation.lists.presenting import FIRST_PAGE, Shown
from counterpart.foundation.lists.spec import ListSpec
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.forms import take_over
from counterpart.foundation.users.models import Role

FRAGMENT: Final = "results"
FORBIDDEN: Final = 403


def list_urls(spec: ListSpec) -> list[URLPattern]:
    """The pages that belong to a list, mounted under its address; named ``<key>-columns`` and so on."""
    facts = {"spec": spec}
    return [
        path("columns/", choose_columns, facts, name=f"{spec.key}-columns"),
        path("views/", kept_views, facts, name=f"{spec.key}-views"),
        path("views/new/", keep_view, facts, name=f"{spec.key}-view-new"),
        path("views/<uuid:view_id>/", keep_view, facts, name=f"{spec.key}-view"),
        path("views/<uuid:view_id>/deletion/", drop_view, facts, name=f"{spec.key}-view-deletion"),
        path("bulk/", bulk_views.bulk, facts, name=f"{spec.key}-bulk"),
    ]


def list_page(spec: ListSpec, template: str = "lists/list.html") -> Callable[..., HttpResponseBase]:
    """The view that shows a list. What a product adds to the page stands in ``spec.head``."""

    @page()
    @require_safe
    def shown(request: SignedIn) -> HttpResponse:
        actor = actor_of(request)
        if not actor.may(spec.right):
            return _no_permission(request, spec, actor)
        is_fragment = request.headers.get("HX-Target") == FRAGMENT
        if "reset" in request.GET:
            views_kept.forget(spec, actor)
            return redirect(spec.url_name)
        if not request.GET and not is_fragment and (kept := views_kept.remembered(spec, actor)):
            return redirect(f"{reverse(spec.url_name)}?{kept}")
        listing = read(spec, request.GET, actor)
        if not is_fragment and any(name.endswith(".how") for name in request.GET) and not listing.problems:
            return redirect(f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}")
        _remember(request, listing)
        found = context(listing, is_fragment=is_fragment)
        answer = render(request, f"{template}#results" if is_fragment else template, found)
        if is_fragment:
            answer.headers["HX-Push-Url"] = f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}"
        neighbours.note(request, answer, listing)
        return answer

    return shown


def context(listing: Listing, *, is_fragment: bool) -> dict[str, Any]:
    """What the templates of a list need."""
    spec, actor = listing.spec, listing.scope.actor
    urls = {name: reverse(f"{spec.key}-{name}") for name in ("columns", "views", "view-new", "bulk")}
    more = spec.head_context(actor) if spec.head_context else {}
    return {
        "list": Shown(listing), "spec": spec, "is_fragment": is_fragment,
        "bulk_url": urls["bulk"], "columns_url": urls["columns"], "views_url": urls["views"],
        "view_new_url": urls["view-new"], **more,
    }  # fmt: skip


@page()
@require_http_methods(["GET", "POST"])
def choose_columns(request: SignedIn, spec: ListSpec) -> HttpResponse:
    """Which columns, in which order; by buttons, so that nobody has to drag (2.5.7)."""
    actor = actor_of(request)
    actor.require(spec.right)
    sent = request.POST if request.method == "POST" else request.GET
    listing = read(spec, sent.get("query", ""), actor)
    if request.method == "POST":
        listing = replace(listing, column_keys=_arranged(spec, request.POST))
        if not request.POST.get("move"):
            return redirect(f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}")
    keys = [column.key for column in listing.columns]
    columns = [*listing.columns, *(column for column in spec.columns if column.key not in keys)]
    facts = {
        "spec": spec, "query": listing.query(), "columns": [(one, one.key in keys) for one in columns],
        "back": f"{reverse(spec.url_name)}?{listing.query() or FIRST_PAGE}",
        "usual": f"{reverse(spec.url_name)}?{listing.query(column_keys=()) or FIRST_PAGE}",
    }  # fmt: skip
    return render(request, "lists/columns.html", facts)


@page()
@require_safe
def kept_views(request: SignedIn, spec: ListSpec) -> HttpResponse:
    """The views of this list that are one's own to change."""
    actor = actor_of(request)
    actor.require(spec.right)
    listing = read(spec, "", actor)
    views = [
        (
            view, read(spec, view.query, actor).words(), reverse(f"{spec.key}-view", args=[view.pk]),
            view.owner_id == actor.user_id or actor.may(views_kept.SHARE),
        )
        for view in views_kept.visible_views(spec, actor).select_related("owner").prefetch_related("roles")
    ]  # fmt: skip
    return render(request, "lists/views.html", {"spec": spec, "views": views, "list": Shown(listing)})


class ViewForm(forms.Form):
    """The name of a view, and with the right for it, who sees it."""

    name = forms.CharField(label="Name", max_length=80)
    roles = forms.ModelMultipleChoiceField(
        label="Shared with", queryset=Role.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_default = forms.BooleanField(
        label="Everybody in the firm begins with it", required=False, help_text="It replaces the firm’s present one."
    )

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles: Any = self.fields["roles"]
        roles.queryset = Role.objects.order_by("name")
        if not may_share:
            del self.fields["roles"], self.fields["is_default"]


@page()
@require_http_methods(["GET", "POST"])
def keep_view(request: SignedIn, spec: ListSpec, view_id: UUID | None = None) -> HttpResponse:
    """Keep what is shown under a name, or change a view."""
    actor = actor_of(request)
    actor.require(spec.right)
    view = views_kept.own_view(spec, actor, view_id) if view_id else None
    sent = request.POST if request.method == "POST" else request.GET
    query = read(spec, sent.get("query", ""), actor).kept_query() if "query" in sent or view is None else view.query
    may_share = actor.may(views_kept.SHARE)
    if request.method == "POST":
        form = ViewForm(request.POST, may_share=may_share)
        if form.is_valid():
            sharing = views_kept.Sharing(
                [role.pk for role in form.cleaned_data.get("roles", ())], form.cleaned_data.get("is_default", False)
            )
            try:
                kept = views_kept.save_view(
                    spec=spec, actor=actor, name=form.cleaned_data["name"], query=query, at=clock.now(),
                    sharing=sharing, view_id=view_id,
                )  # fmt: skip
            except Refused as refusal:
                take_over(form, refusal)
            else:
                messages.success(request, f"The view “{kept.name}” is kept.")
                return redirect(f"{reverse(spec.url_name)}?view={kept.pk}")
    else:
        known = {"name": view.name, "roles": view.roles.all(), "is_default": view.is_default} if view else None
        form = ViewForm(initial=known, may_share=may_share)
    facts = {
        "spec": spec, "form": form, "view": view, "query": query, "words": read(spec, query, actor).words(),
        "deletion_url": reverse(f"{spec.key}-view-deletion", args=[view_id]) if view_id else "",
        "back": f"{reverse(spec.url_name)}?{query or FIRST_PAGE}",
    }  # fmt: skip
    return render(request, "lists/view.html", facts, status=422 if form.errors else 200)


@page()
@require_POST
def drop_view(request: SignedIn, spec: ListSpec, view_id: UUID) -> HttpResponse:
    """Delete a view; the records stay."""
    name = views_kept.delete_view(spec=spec, actor=actor_of(request), view_id=view_id)
    messages.success(request, f"The view “{name}” was deleted.")
    return redirect(f"{spec.key}-views")


def _remember(request: HttpRequest, listing: Listing) -> None:
    """Keep how the list is left; neither words that were searched for nor a look at what was deleted."""
    if request.GET and not listing.q and not listing.shows_deleted and not listing.problems:
        views_kept.remember(listing.spec, listing.scope.actor, listing.kept_query())


def _arranged(spec: ListSpec, sent: Any) -> tuple[str, ...]:
    """The columns as the form orders them, after its button *earlier* or *later*."""
    keys = [key for key in dict.fromkeys(sent.getlist("order")) if spec.column(key)]
    ticked = set(sent.getlist("column")) | {column.key for column in spec.columns if column.fixed}
    key, _, way = sent.get("move", "").partition(":")
    shown = [one for one in keys if one in ticked]
    if key in shown:
        at = shown.index(key)
        to = at - 1 if way == "earlier" else at + 1
        first = sum(1 for column in spec.columns if column.fixed)
        if first <= to < len(shown):
            shown[at], shown[to] = shown[to], shown[at]
    usual = [column.key for column in default_columns(spec)]
    return () if shown == usual else tuple(shown)


def _no_permission(request: HttpRequest, spec: ListSpec, actor: Actor) -> HttpResponse:
    """The third empty state: who can change it (LST-9)."""
    label = next((right.label for right in settings.COUNTERPART_RIGHTS if right.code == spec.right), spec.right)
    facts = {"spec": spec, "right_label": label, "who": actor.name}
    return render(request, "lists/no_permission.html", facts, status=FORBIDDEN)

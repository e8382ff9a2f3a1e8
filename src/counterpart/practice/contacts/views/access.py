"""What every page of contacts begins with: who asks, and the contact if they may see it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponseBase
from django_htmx.http import HttpResponseClientRedirect

from counterpart.foundation.actor import Actor
from counterpart.foundation.alike.merges import raise_if_merged
from counterpart.practice.contacts.models import Contact
from counterpart.practice.contacts.queries import contacts_visible_to

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def signed_in(view: View[P]) -> View[P]:
    """Send people who are not signed in to the sign-in page, and from there back to what they were doing.

    A fragment can't show the sign-in page, so the whole page goes there; a half-filled form is kept by the browser
    meanwhile and offered again (WIN-10).
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if not request.headers.get("HX-Request"):
            return redirect_to_login(request.get_full_path() if request.method == "GET" else request.path)
        # A form in a dialog lies over another page; going back to the form itself is what offers it again.
        wants_form = request.method == "POST"
        present = urlsplit(request.headers.get("HX-Current-URL", "/"))
        back = request.path if wants_form else (present.path or "/")
        return HttpResponseClientRedirect(redirect_to_login(back).url)

    return cast("View[P]", checked)


def actor_of(request: HttpRequest) -> Actor:
    """The person at the screen."""
    user: Any = request.user
    return Actor.of(user, "screen", request)


def contact_or_404(request: HttpRequest, contact_id: UUID) -> Contact:
    """The contact, if this person may see it; hidden and missing look the same.

    The page of a contact that was merged leads to the one it went into (DUP-11).
    """
    contact = contacts_visible_to(actor_of(request)).filter(pk=contact_id).first()
    if contact is None:
        raise_if_merged(contact_id, actor_of(request))
        raise Http404
    return contact

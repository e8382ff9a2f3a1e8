"""What people set for themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from counterpart.foundation.users.access import SignedIn, page
from counterpart.foundation.users.forms import ProfileForm
from counterpart.foundation.users.models import User
from counterpart.foundation.users.queries import reasons
from counterpart.foundation.web.lapse import note, seconds_left
from counterpart.foundation.web.pages import next_url


@page()
def show_profile(request: SignedIn) -> HttpResponse:
    """Name, theme, shortcuts; and what one's roles allow, with the reason for each (PRM-2)."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Profile saved.")
        return redirect("profile")
    context = {"form": form, "reasons": reasons(request.user), "roles": request.user.roles.all()}
    return render(request, "users/profile.html", context, status=422 if form.errors else 200)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponseBase:
    """Remember light, dark or as the device; back to where one was."""
    theme = request.POST.get("theme", "")
    if request.user.is_authenticated and theme in {"system", "light", "dark"}:
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    return redirect(next_url(request, "/"))


@require_POST
@page()
def stay(request: SignedIn) -> HttpResponse:
    """Move the end of the sign-in on, asked for by the person."""
    note(request, at_once=True)
    return HttpResponse(status=204, headers={"X-Session-Left": str(seconds_left(request))})

"""A person's API tokens: made, shown once, revoked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from counterpart.foundation import clock
from counterpart.foundation.errors import Refusal
from counterpart.foundation.users.access import SignedIn, actor_of, page
from counterpart.foundation.users.forms import TokenForm, take_over
from counterpart.foundation.users.models import User
from counterpart.foundation.users.operations import create_token, revoke_token
from counterpart.foundation.users.queries import tokens_visible_to


@never_cache
@page()
def list_tokens(request: SignedIn) -> HttpResponse:
    """The tokens and a form for a new one; its secret is on the answer to the form and nowhere else."""
    form, secret, status = TokenForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            user = User.objects.get(pk=request.user.pk)
            try:
                made = create_token(actor=actor_of(request), user=user, at=clock.now(), **form.cleaned_data)
            except Refusal as refusal:
                take_over(form, refusal)
            else:
                form, secret, status = TokenForm(), made.secret, 201
    tokens = tokens_visible_to(actor_of(request)).filter(user=request.user)
    context = {"form": form, "tokens": tokens, "secret": secret, "now": clock.now()}
    return render(request, "users/tokens.html", context, status=status)


@require_POST
@page()
def revoke(request: SignedIn, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(tokens_visible_to(actor_of(request)), pk=token_id)
    revoke_token(actor=actor_of(request), token=token, at=clock.now())
    messages.success(request, f"The token “{token.label}” no longer works.")
    return redirect("tokens")

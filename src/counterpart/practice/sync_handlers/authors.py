"""Who made a change in Legal Accounting, as this product's books name them (CON-13)."""

from collections.abc import Iterable, Mapping

from django.conf import settings

from counterpart.foundation.actor import Actor
from counterpart.foundation.users.models import User
from counterpart.sync import api as sync


def local_users(authors: Iterable[sync.Author]) -> dict[str, int]:
    """The people here who have the authors' e-mail addresses."""
    emails = {author.email.casefold() for author in authors if author.email}
    if not emails:
        return {}
    return dict(User.objects.filter(email__in=emails).values_list("email", "pk"))


def actor_of(author: sync.Author, users: Mapping[str, int]) -> Actor:
    """The person at the origin, for the books; without any right here."""
    user_id = users.get(author.email.casefold())
    name = author.name or str(settings.COUNTERPART_PEER_NAME)  # a number is given by the product itself
    return Actor(name, author.email, user_id, "sync", "la", frozenset())

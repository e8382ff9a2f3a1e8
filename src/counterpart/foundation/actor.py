"""Who acts: the one answer to "who did this, from where, and may they" (HIS-1, PRM-6)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from django.conf import settings
from django.http import HttpRequest

from counterpart.foundation.errors import Forbidden

if TYPE_CHECKING:
    from counterpart.foundation.users.models import User

Origin = Literal["screen", "api", "import", "sync", "command", "system"]
Site = Literal["pm", "la"]

RIGHTS_KEY: Final = "_counterpart_actor"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a part of the system, at the moment of acting."""

    name: str
    email: str
    user_id: int | None
    origin: Origin
    site: Site
    rights: frozenset[str]
    locks_number: bool = False
    locks_file_number: bool = False
    ip: str = ""

    @classmethod
    def of(cls, user: "User", origin: Origin, request: HttpRequest | None = None) -> "Actor":
        """Return the actor for a signed-in user; rights are read once per request."""
        if request is not None:
            known: Actor | None = getattr(request, RIGHTS_KEY, None)
            if known is not None and known.user_id == user.pk and known.origin == origin:
                return known
        grants = user.grants()
        actor = cls(
            name=user.name,
            email=user.email,
            user_id=user.pk,
            origin=origin,
            site=settings.COUNTERPART_SITE,
            rights=grants.rights,
            locks_number=grants.locks_number,
            locks_file_number=grants.locks_file_number,
            ip=str(request.META.get("REMOTE_ADDR", "")) if request is not None else "",
        )
        if request is not None:
            setattr(request, RIGHTS_KEY, actor)
        return actor

    @classmethod
    def system(cls, name: str, origin: Origin = "system") -> "Actor":
        """Return a part of the system acting by itself; it holds every right of this site."""
        rights = frozenset(right.code for right in settings.COUNTERPART_RIGHTS)
        return cls(name, "", None, origin, settings.COUNTERPART_SITE, rights)

    @classmethod
    def unknown(cls, said: str, ip: str) -> "Actor":
        """Return somebody who failed to prove who they are; holds no right."""
        return cls(said, "", None, "screen", settings.COUNTERPART_SITE, frozenset(), ip=ip)

    def may(self, right: str) -> bool:
        """Tell whether the actor holds the right."""
        return right in self.rights

    def require(self, right: str) -> None:
        """Raise Forbidden, naming the right in words, unless the actor holds it."""
        if right in self.rights:
            return
        label = next((r.label for r in settings.COUNTERPART_RIGHTS if r.code == right), right)
        raise Forbidden(f"Your role does not include: {label}. An administrator can change that.", right=right)

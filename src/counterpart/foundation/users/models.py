"""People, their roles and their API tokens. Each product has its own; nothing here is synchronised."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from counterpart.foundation.ids import new_id

SCOPES: Final = ("read", "write")
OF_ROLES: Final = ("rights", "is_administrator", "restrict_contact_number_changes", "restrict_file_number_changes")
"""What of a role decides about a person's grants, in the order ``Grants.of`` takes it."""


@dataclass(frozen=True, slots=True)
class Grants:
    """What a person's roles add up to: the wider grant wins (PRM-2)."""

    rights: frozenset[str]
    is_administrator: bool
    locks_number: bool
    locks_file_number: bool

    @classmethod
    def of(cls, roles: Iterable[tuple[list[str], bool, bool, bool]]) -> "Grants":
        """Add up the columns ``OF_ROLES`` of each role.

        The number restrictions can not be applied to administrators (NUM-16, MAT-19).
        """
        held: set[str] = set()
        is_administrator = locks_number = locks_file_number = False
        for rights, administrator, restricts, restricts_files in roles:
            held.update(rights)
            is_administrator = is_administrator or administrator
            locks_number = locks_number or restricts
            locks_file_number = locks_file_number or restricts_files
        known = {right.code for right in settings.COUNTERPART_RIGHTS}
        if is_administrator:
            return cls(frozenset(known), is_administrator=True, locks_number=False, locks_file_number=False)
        closed = {right.code for right in settings.COUNTERPART_RIGHTS if right.only_administrators}
        return cls(
            frozenset((held & known) - closed),
            is_administrator=False,
            locks_number=locks_number,
            locks_file_number=locks_file_number,
        )


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this e-mail (Django's sign-in asks this)."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in with an e-mail address. The address is stored in lower case."""

    NAME_LENGTH = 200

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=new_id, unique=True, editable=False)
    email = models.EmailField("e-mail address", max_length=254, unique=True)
    name = models.CharField(max_length=NAME_LENGTH)
    is_active = models.BooleanField("may sign in", default=True)
    roles: "models.ManyToManyField[Role, Any]" = models.ManyToManyField("Role", related_name="users", blank=True)
    theme = models.CharField(
        max_length=6,
        default="system",
        choices=[("system", "As the device"), ("light", "Light"), ("dark", "Dark")],
    )
    keyboard_shortcuts = models.BooleanField("keyboard shortcuts", default=True)
    created_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_lower_case"),
        ]
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the e-mail in lower case, so that looking it up is a plain comparison."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def grants(self) -> Grants:
        """Read the roles and add them up (one query)."""
        return Grants.of(self.roles.values_list(*OF_ROLES))

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = self.name.split()
        letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
        return "".join(letters).upper() or self.email[:2].upper()


class Role(models.Model):
    """A named set of rights; in Legal Accounting also called a security group."""

    NAME_LENGTH = 80

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=new_id, unique=True, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    description = models.CharField(max_length=300, blank=True)
    rights = models.JSONField(default=list)
    is_administrator = models.BooleanField(default=False)
    restrict_contact_number_changes = models.BooleanField(
        "Restrict contact number changes (new & existing)", default=False
    )
    restrict_file_number_changes = models.BooleanField("Restrict file number changes (new & existing)", default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="role_name_unique"),
            models.CheckConstraint(
                condition=~models.Q(is_administrator=True, restrict_contact_number_changes=True),
                name="role_administrators_keep_numbers",
            ),
            models.CheckConstraint(
                condition=~models.Q(is_administrator=True, restrict_file_number_changes=True),
                name="role_administrators_keep_files",
            ),
        ]
        ordering: ClassVar = ["-is_administrator", "name"]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A personal token for the API: shown once, kept only as a hash, scoped, expiring, revocable."""

    LABEL_LENGTH = 80

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(max_length=LABEL_LENGTH)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

    def is_usable(self, at: datetime) -> bool:
        """Tell whether the token still opens the API."""
        return self.revoked_at is None and at < self.expires_at

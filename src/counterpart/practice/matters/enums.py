"""The closed lists of a matter, in this product's words."""

from django.db.models import TextChoices


class Status(TextChoices):
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    CLOSED = "closed", "Closed"
    TEMPLATE = "template", "Template"


class Priority(TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"


class Limit(TextChoices):
    """Which contacts a role takes (PTY-2)."""

    ANY = "", "Individuals and companies"
    INDIVIDUAL = "individual", "Individuals only"
    COMPANY = "company", "Companies only"

"""The closed lists of a contact, in this product's words."""

from django.db.models import TextChoices


class Kind(TextChoices):
    INDIVIDUAL = "individual", "Individual"
    COMPANY = "company", "Company"


class Status(TextChoices):
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class PhoneLabel(TextChoices):
    BUSINESS = "business", "Business"
    MOBILE = "mobile", "Mobile"
    HOME = "home", "Home"
    OTHER = "other", "Other"
    FAX = "fax", "Fax"
    SMS = "sms", "TXT/SMS"


class Numbering(TextChoices):
    """Which of Legal Accounting's sequences numbers the contact (CON-6)."""

    CLIENT = "client", "Client"
    VENDOR = "vendor", "Vendor"
    OTHER = "other", "Other"

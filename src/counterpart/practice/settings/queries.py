"""Reading the firm's settings."""

from typing import Final, NamedTuple

from django.db import connection

from counterpart.practice.settings.models import ContactSettings, MatterSettings


def contact_settings() -> ContactSettings:
    """Return the settings; the defaults as long as nobody saved any."""
    return ContactSettings.objects.filter(pk=1).first() or ContactSettings()


def matter_settings() -> MatterSettings:
    """Return the settings of matters; the defaults as long as nobody saved any."""
    return MatterSettings.objects.filter(pk=1).first() or MatterSettings()


class CreationRules(NamedTuple):
    """What creating a contact has to know of the settings."""

    separate_numbering_sequences: bool
    sync_addresses: bool
    share_methods: bool


def creation_rules() -> CreationRules:
    """The switches, read the short way: this happens for every contact a program creates."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(CreationRules._fields)} FROM practice_settings_contactsettings")  # noqa: S608 - our own names
        row = cursor.fetchone()
    return CreationRules(*map(bool, row)) if row else NOTHING_SAVED


NOTHING_SAVED: Final = CreationRules(separate_numbering_sequences=False, sync_addresses=False, share_methods=False)


def separate_sequences_on() -> bool:
    """Tell whether *Allow separate Contact numbering sequences* is on."""
    return creation_rules().separate_numbering_sequences

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


def creation_rules() -> CreationRules:
    """The two switches, read the short way: this happens for every contact a program creates."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT separate_numbering_sequences, sync_addresses FROM practice_settings_contactsettings")
        row = cursor.fetchone()
    return CreationRules(bool(row[0]), bool(row[1])) if row else NOTHING_SAVED


NOTHING_SAVED: Final = CreationRules(separate_numbering_sequences=False, sync_addresses=False)


def separate_sequences_on() -> bool:
    """Tell whether *Allow separate Contact numbering sequences* is on."""
    return creation_rules().separate_numbering_sequences

"""The firm's choices about contacts (IMP-8)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from counterpart.accounting.contacts.models import ContactOptions
from counterpart.accounting.contacts.requiring import required_label
from counterpart.contracts.contact import REQUIRABLE
from counterpart.foundation import history
from counterpart.foundation.actor import Actor
from counterpart.foundation.errors import FieldError, Refused


@transaction.atomic
def change_required_details(*, required: Collection[str], actor: Actor, at: datetime) -> None:
    """Choose what people have to fill in on a new contact; Practice Management shows it on its form as well.

    Raises Forbidden, Refused.
    """
    actor.require("settings.edit")
    if unknown := [one for one in required if one not in REQUIRABLE]:
        raise Refused([FieldError("required", f"{unknown[0]} can't be asked for.", "unknown")])
    ContactOptions.objects.get_or_create(id=1)
    options = ContactOptions.objects.select_for_update().get(id=1)
    before, options.required = options.required, [one for one in REQUIRABLE if one in required]
    if before == options.required:
        return
    options.save()
    changes = {"required_details": [[required_label(one) for one in each] for each in (before, options.required)]}
    history.record([history.NewEvent("settings", None, "Contacts", "setting_changed", actor, at, changes)])

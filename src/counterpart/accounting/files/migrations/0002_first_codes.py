"""Each list that a file must name an entry of begins with one, the default (LA-FIL-1, MAT-7)."""

from typing import Any

from django.db import migrations

FIRST = (
    ("area_of_practice", "GEN", "General practice"),
    ("rate_group", "STD", "Standard rates"),
    ("file_group", "STD", "Standard files"),
    ("billing_group", "STD", "Standard billing"),
    ("default_task", "BW", "Billable work"),
)


def make_codes(apps: Any, schema_editor: Any) -> None:
    codes = apps.get_model("accounting_files", "FileCode").objects
    for listing, code, name in FIRST:
        codes.get_or_create(listing=listing, is_default=True, defaults={"code": code, "name": name})
    apps.get_model("accounting_files", "FileOptions").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("accounting_files", "0001_initial")]

    operations = [migrations.RunPython(make_codes, migrations.RunPython.noop)]

"""Two matter types to start with, so that the first matter needs no set-up; the firm changes them as it likes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STARTING_TYPES = {
    "General": ("Client", "Opposing party", "Opposing lawyer", "Other party"),
    "Litigation": ("Client", "Plaintiff", "Defendant", "Attorney", "Witness", "Expert", "Court"),
}


def add_types(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del schema_editor
    matter_type = apps.get_model("practice_matters", "MatterType")
    role = apps.get_model("practice_matters", "Role")
    for place, (name, roles) in enumerate(STARTING_TYPES.items()):
        made = matter_type.objects.create(name=name, name_key=name.lower(), position=place)
        for position, title in enumerate(roles):
            role.objects.create(
                matter_type=made, name=title, name_key=title.lower(), position=position, is_primary=position == 0
            )


class Migration(migrations.Migration):
    dependencies = [("practice_matters", "0001_initial")]

    operations = [migrations.RunPython(add_types, migrations.RunPython.noop)]

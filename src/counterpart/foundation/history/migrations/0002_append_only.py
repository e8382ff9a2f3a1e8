from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from counterpart.foundation.history import triggers


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    triggers.install(schema_editor.connection)


def remove(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("foundation_history", "0001_initial")]

    operations = [migrations.RunPython(install, remove)]

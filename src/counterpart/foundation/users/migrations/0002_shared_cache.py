"""The cache that holds the sign-in limits is a table, so that all processes of a site share it."""

from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("foundation_users", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]

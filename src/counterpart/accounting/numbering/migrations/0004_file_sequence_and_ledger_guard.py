"""The counter of file numbers exists from the start; their ledger can only grow."""

from typing import Any

from django.db import migrations

from counterpart.accounting.numbering import triggers


def make_sequence(apps: Any, schema_editor: Any) -> None:
    apps.get_model("accounting_numbering", "FileSequence").objects.get_or_create(id=1)


def guard(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, triggers.FILES)


def lift(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, triggers.FILES)


class Migration(migrations.Migration):
    dependencies = [("accounting_numbering", "0003_file_numbers")]

    operations = [
        migrations.RunPython(make_sequence, migrations.RunPython.noop),
        migrations.RunPython(guard, lift),
    ]

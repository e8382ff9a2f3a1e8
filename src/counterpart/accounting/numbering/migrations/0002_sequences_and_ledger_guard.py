"""The three sequences exist from the start; the ledger can only grow."""

from typing import Any

from django.db import migrations

from counterpart.accounting.numbering import triggers


def make_sequences(apps: Any, schema_editor: Any) -> None:
    apps.get_model("accounting_numbering", "FirmNumbering").objects.get_or_create(id=1)
    sequences = apps.get_model("accounting_numbering", "NumberSequence").objects
    for code, prefix in (("client", ""), ("vendor", "V~"), ("other", "O~")):
        sequences.get_or_create(code=code, defaults={"prefix": prefix})


def guard(apps: Any, schema_editor: Any) -> None:
    triggers.install(schema_editor.connection, triggers.CONTACTS)


def lift(apps: Any, schema_editor: Any) -> None:
    triggers.remove(schema_editor.connection, triggers.CONTACTS)


class Migration(migrations.Migration):
    dependencies = [("accounting_numbering", "0001_initial")]

    operations = [
        migrations.RunPython(make_sequences, migrations.RunPython.noop),
        migrations.RunPython(guard, lift),
    ]

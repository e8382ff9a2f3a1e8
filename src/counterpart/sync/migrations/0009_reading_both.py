from typing import Any

from django.db import migrations, models


def begin_anew(apps: Any, schema_editor: Any) -> None:
    """A sweep that was under way while the product was updated has no place at which it could go on."""
    running = apps.get_model("sync", "Sweep").objects.filter(phase__in=("here", "there"))
    running.filter(by_peer=True).update(phase="read")
    running.filter(by_peer=False).update(phase="asked", cursor="", read_here=0, read_there=0)


class Migration(migrations.Migration):
    """A sweep reads the records of both sites at once, and remembers how far it is in each."""

    dependencies = [("sync", "0008_merged_alone")]

    operations = [
        migrations.AddField("sweep", "cursor_there", models.CharField(blank=True, default="", max_length=40), False),
        migrations.AlterField(
            "sweep",
            "phase",
            models.CharField(
                choices=[
                    ("asked", "Waiting to begin"),
                    ("read", "Reading the records of both"),
                    ("tree", "Comparing"),
                    ("repair", "Exchanging what differed"),
                    ("done", "Finished"),
                    ("failed", "Not finished"),
                ],
                default="asked",
                max_length=10,
            ),
        ),
        migrations.RunPython(begin_anew, migrations.RunPython.noop),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    """The index of merged records holds these alone, so that a sweep is read in the order of its identities."""

    dependencies = [("sync", "0007_settled")]

    operations = [
        migrations.AlterField("record", "alias_of", models.UUIDField(null=True)),
        migrations.AddIndex(
            "record",
            models.Index(
                fields=["alias_of"], condition=models.Q(alias_of__isnull=False), name="sync_record_alias"
            ),
        ),
    ]

"""MAT-19: the switch *Restrict file number changes (new & existing)* of a group."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('foundation_users', '0002_shared_cache'),
    ]

    operations = [
        migrations.AddField(
            model_name='role',
            name='restrict_file_number_changes',
            field=models.BooleanField(default=False, verbose_name='Restrict file number changes (new & existing)'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(('is_administrator', True), ('restrict_file_number_changes', True), _negated=True), name='role_administrators_keep_files'),
        ),
    ]

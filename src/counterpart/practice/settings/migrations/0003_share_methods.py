from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('practice_settings', '0002_matter_settings'),
    ]

    operations = [
        migrations.AddField(
            model_name='contactsettings',
            name='share_methods',
            field=models.BooleanField(default=False, verbose_name='Carry further phone numbers and counties to Legal Accounting'),
        ),
    ]

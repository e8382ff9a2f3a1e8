from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounting_contacts', '0002_group_contacts'),
    ]

    operations = [
        migrations.AddField(
            model_name='contact',
            name='additional_methods',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.CreateModel(
            name='ContactOptions',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('required', models.JSONField(default=list)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='contact_options_one_firm')],
            },
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor_name', models.CharField(max_length=200)),
                ('actor_email', models.CharField(blank=True, max_length=254)),
                ('actor_user_id', models.BigIntegerField(null=True)),
                ('actor_ip', models.CharField(blank=True, max_length=45)),
                ('origin', models.CharField(max_length=10)),
                ('site', models.CharField(max_length=2)),
                ('object_type', models.CharField(max_length=40)),
                ('object_id', models.UUIDField(null=True)),
                ('object_label', models.CharField(blank=True, max_length=200)),
                ('verb', models.CharField(max_length=40)),
                ('changes', models.JSONField(default=dict)),
                ('reason', models.TextField(blank=True)),
                ('message_id', models.CharField(blank=True, max_length=100)),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'indexes': [models.Index(fields=['object_id', 'id'], name='history_event_object'), models.Index(fields=['at'], name='history_event_at')],
            },
        ),
    ]

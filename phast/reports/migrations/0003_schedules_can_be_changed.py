from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reports', '0002_batches_and_schedules'),
    ]

    operations = [
        migrations.AddField(
            model_name='reportschedule',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]

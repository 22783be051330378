import coalitions.models.look
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coalitions', '0011_duplicates_told_apart_and_alerts_corrected'),
    ]

    operations = [
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('logo', models.FileField(blank=True, editable=False, upload_to=coalitions.models.look._random_name)),
                ('accent', models.CharField(blank=True, max_length=7, validators=[django.core.validators.RegexValidator('\\A#[0-9a-f]{6}\\Z', 'Enter a colour as # and six digits or letters a to f.')], verbose_name='colour')),
                ('confidentiality', models.CharField(blank=True, max_length=160, verbose_name='confidentiality')),
                ('coalition', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='look', to='coalitions.coalition')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('accent', ''), ('accent__regex', '^#[0-9a-f]{6}$'), _connector='OR'), name='look_accent_is_a_color')],
            },
        ),
    ]

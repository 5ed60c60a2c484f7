"""What the yearly report of a provider asks of runs and trainers."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cycles', '0013_plainer_words'),
        ('training', '0004_frozen_programme_sheets'),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainerEngagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('engagement', models.CharField(choices=[('internal', 'of the provider: employee or volunteer'), ('external', 'from outside: subcontractor or free-lance')], max_length=10)),
            ],
            options={
                'verbose_name': 'what a trainer is to the provider',
                'verbose_name_plural': 'what trainers are to the provider',
            },
        ),
        migrations.AddField(
            model_name='runsettings',
            name='is_entrusted',
            field=models.BooleanField(db_default=False, default=False, verbose_name='we hold it for another provider'),
        ),
        migrations.AddField(
            model_name='runsettings',
            name='is_subcontracted',
            field=models.BooleanField(db_default=False, default=False, verbose_name='another provider held it for us'),
        ),
        migrations.AddConstraint(
            model_name='runsettings',
            constraint=models.CheckConstraint(condition=models.Q(('is_subcontracted', False), ('is_entrusted', False), _connector='OR'), name='run_entrusted_one_way', violation_error_message='Another provider holds it for us, or we for them: tick one at most.'),
        ),
        migrations.AddField(
            model_name='trainerengagement',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='trainer_engagements', to='cycles.programme'),
        ),
        migrations.AddConstraint(
            model_name='trainerengagement',
            constraint=models.UniqueConstraint(fields=('programme', 'name'), name='trainer_engagement_once'),
        ),
        migrations.AddConstraint(
            model_name='trainerengagement',
            constraint=models.CheckConstraint(condition=models.Q(('engagement__in', ['internal', 'external'])), name='trainer_engagement_known'),
        ),
    ]

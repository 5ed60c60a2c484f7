"""Programme sheets in versions, complete where they are of a training, and the version that a run was sold with."""

import django.core.validators
import django.db.models.deletion
import i18nfield.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cycles', '0013_plainer_words'),
        ('training', '0002_frozen_rows'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Syllabus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveSmallIntegerField(verbose_name='version')),
                ('dated_on', models.DateField(blank=True, null=True, verbose_name='date of this version')),
                ('title', i18nfield.fields.I18nCharField(max_length=300, verbose_name='title')),
                ('legal_frame', models.CharField(choices=[('information', 'information'), ('training_action', 'training action')], default='information', max_length=20, verbose_name='legal frame')),
                ('audience', i18nfield.fields.I18nTextField(blank=True)),
                ('prerequisites', i18nfield.fields.I18nTextField(blank=True)),
                ('objectives', i18nfield.fields.I18nTextField(blank=True)),
                ('content', i18nfield.fields.I18nTextField(blank=True)),
                ('minutes', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60000)])),
                ('half_days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(300)])),
                ('access', i18nfield.fields.I18nTextField(blank=True)),
                ('modality', models.CharField(choices=[('unknown', 'not known yet'), ('online', 'online'), ('on_site', 'on site'), ('hybrid', 'on site and online')], default='unknown', max_length=10)),
                ('price', i18nfield.fields.I18nTextField(blank=True)),
                ('methods', i18nfield.fields.I18nTextField(blank=True)),
                ('means', i18nfield.fields.I18nTextField(blank=True)),
                ('trainers', i18nfield.fields.I18nTextField(blank=True)),
                ('assessment', i18nfield.fields.I18nTextField(blank=True)),
                ('validation', i18nfield.fields.I18nTextField(blank=True)),
                ('accessibility', i18nfield.fields.I18nTextField(blank=True)),
                ('contact', i18nfield.fields.I18nTextField(blank=True)),
                ('results', i18nfield.fields.I18nTextField(blank=True)),
                ('waivers', models.JSONField(blank=True, default=dict)),
                ('bpf_goal', models.CharField(blank=True, choices=[('a6', 'title of the RNCP, level 6 to 8'), ('a5', 'title of the RNCP, level 5'), ('a4', 'title of the RNCP, level 4'), ('a3', 'title of the RNCP, level 3'), ('a2', 'title of the RNCP, level 2'), ('aq', 'CQP in the RNCP, without a level'), ('b', 'certification of the “répertoire spécifique”'), ('c', 'CQP outside of the registers'), ('d', 'other training'), ('e', 'assessment of skills'), ('f', 'support for the recognition of experience (VAE)')], max_length=2, verbose_name='aim, for the yearly report')),
                ('nsf_code', models.CharField(blank=True, max_length=4, validators=[django.core.validators.RegexValidator('^[1-4][0-9]{2}[a-z]?\\Z', 'Three figures, such as 413, perhaps a letter.')], verbose_name='speciality (NSF code), for the yearly report')),
                ('revised_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='syllabuses', to='cycles.module')),
                ('published_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'programme sheet',
                'verbose_name_plural': 'programme sheets',
                'ordering': ('module', 'version'),
            },
        ),
        migrations.CreateModel(
            name='RunSyllabus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept_at', models.DateTimeField()),
                ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='run_syllabus', to='cycles.cycle')),
                ('syllabus', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='training.syllabus')),
            ],
            options={
                'verbose_name': 'programme sheet of a run',
                'verbose_name_plural': 'programme sheets of runs',
            },
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.UniqueConstraint(fields=('module', 'version'), name='syllabus_version_once'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.UniqueConstraint(condition=models.Q(('published_at', None)), fields=('module',), name='syllabus_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None), ('published_at__isnull', False)), fields=('module',), name='syllabus_one_in_force'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='syllabus_version_positive'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('published_at', None)), models.Q(('dated_on__isnull', False), ('published_at__isnull', False)), _connector='OR'), name='syllabus_published_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('minutes', None), ('minutes__gte', 1), _connector='OR'), models.Q(('half_days', None), ('half_days__gte', 1), _connector='OR')), name='syllabus_length_positive'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.CheckConstraint(condition=models.Q(('bpf_goal__in', ['', 'a6', 'a5', 'a4', 'a3', 'a2', 'aq', 'b', 'c', 'd', 'e', 'f'])), name='syllabus_goal_known'),
        ),
        migrations.AddConstraint(
            model_name='syllabus',
            constraint=models.CheckConstraint(condition=models.Q(('published_at', None), models.Q(('legal_frame', 'training_action'), _negated=True), models.Q(models.Q(models.Q(('audience__in', ['', '{}']), _negated=True), ('waivers__has_key', 'audience'), _connector='OR'), models.Q(models.Q(('prerequisites__in', ['', '{}']), _negated=True), ('waivers__has_key', 'prerequisites'), _connector='OR'), models.Q(models.Q(('objectives__in', ['', '{}']), _negated=True), ('waivers__has_key', 'objectives'), _connector='OR'), models.Q(models.Q(('content__in', ['', '{}']), _negated=True), ('waivers__has_key', 'content'), _connector='OR'), models.Q(models.Q(('half_days__isnull', False), ('minutes__isnull', False)), ('waivers__has_key', 'duration'), _connector='OR'), models.Q(models.Q(('access__in', ['', '{}']), _negated=True), ('waivers__has_key', 'access'), _connector='OR'), models.Q(('modality__in', ['online', 'on_site', 'hybrid']), ('waivers__has_key', 'modality'), _connector='OR'), models.Q(models.Q(('price__in', ['', '{}']), _negated=True), ('waivers__has_key', 'price'), _connector='OR'), models.Q(models.Q(('methods__in', ['', '{}']), _negated=True), ('waivers__has_key', 'methods'), _connector='OR'), models.Q(models.Q(('means__in', ['', '{}']), _negated=True), ('waivers__has_key', 'means'), _connector='OR'), models.Q(models.Q(('trainers__in', ['', '{}']), _negated=True), ('waivers__has_key', 'trainers'), _connector='OR'), models.Q(models.Q(('assessment__in', ['', '{}']), _negated=True), ('waivers__has_key', 'assessment'), _connector='OR'), models.Q(models.Q(('validation__in', ['', '{}']), _negated=True), ('waivers__has_key', 'validation'), _connector='OR'), models.Q(models.Q(('accessibility__in', ['', '{}']), _negated=True), ('waivers__has_key', 'accessibility'), _connector='OR'), models.Q(models.Q(('contact__in', ['', '{}']), _negated=True), ('waivers__has_key', 'contact'), _connector='OR'), models.Q(models.Q(('results__in', ['', '{}']), _negated=True), ('waivers__has_key', 'results'), _connector='OR')), _connector='OR'), name='syllabus_complete_in_training'),
        ),
    ]

"""Whom to write to about speaking, what they answered, their cards, and what they agree to."""

import accounts.addresses.columns
import django.db.models.deletion
import i18nfield.fields
import registrations.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cycles', '0012_speakers_withdrawn_and_held_replays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', accounts.addresses.columns.AddressColumn(blank=True, max_length=254, verbose_name='e-mail address')),
                ('link_secret', models.CharField(default=registrations.models.new_link_secret, editable=False, max_length=22, unique=True)),
                ('timezone', models.CharField(blank=True, max_length=60, verbose_name='time zone')),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'contact of a speaker',
                'verbose_name_plural': 'contacts of speakers',
                'constraints': [models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('email',), name='speaker_contact_once')],
            },
        ),
        migrations.CreateModel(
            name='SpeakerProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bio', models.CharField(blank=True, max_length=400, verbose_name='about you')),
                ('photo', models.CharField(blank=True, max_length=64)),
                ('photo_width', models.PositiveSmallIntegerField(default=0)),
                ('photo_height', models.PositiveSmallIntegerField(default=0)),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], default='fr', max_length=5)),
                ('photo_alt', i18nfield.fields.I18nCharField(blank=True, max_length=300, verbose_name='description of the photo')),
                ('published_at', models.DateTimeField()),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='profiles', to='speakers.contact')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='profile', to='cycles.person')),
            ],
            options={
                'verbose_name': 'public profile of a speaker',
                'verbose_name_plural': 'public profiles of speakers',
            },
        ),
        migrations.CreateModel(
            name='Briefing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('notes', i18nfield.fields.I18nTextField(blank=True, verbose_name='practical notes')),
                ('rehearsal_starts_at', models.DateTimeField(blank=True, null=True, verbose_name='rehearsal')),
                ('rehearsal_minutes', models.PositiveSmallIntegerField(default=30, verbose_name='minutes of rehearsal')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('revised_at', models.DateTimeField(editable=False)),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='briefing', to='cycles.session')),
            ],
            options={
                'verbose_name': 'briefing of speakers',
                'verbose_name_plural': 'briefings of speakers',
                'constraints': [models.CheckConstraint(condition=models.Q(('rehearsal_minutes__gte', 5), ('rehearsal_minutes__lte', 480)), name='briefing_rehearsal_has_a_length', violation_error_message='A rehearsal lasts from 5 minutes to 8 hours.')],
            },
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invited_at', models.DateTimeField(blank=True, null=True)),
                ('invitations', models.PositiveSmallIntegerField(default=0)),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'withdrawn')], max_length=10, verbose_name='answer')),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_starts_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to='speakers.contact')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('noted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='engagements', to='cycles.session')),
            ],
            options={
                'verbose_name': 'engagement of a speaker',
                'verbose_name_plural': 'engagements of speakers',
                'constraints': [models.UniqueConstraint(fields=('contact', 'session'), name='engagement_once_a_session'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='engagement_answer_is_dated')],
            },
        ),
        migrations.CreateModel(
            name='SpeakerCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bio', models.CharField(blank=True, max_length=400, verbose_name='about you')),
                ('photo', models.CharField(blank=True, max_length=64)),
                ('photo_width', models.PositiveSmallIntegerField(default=0)),
                ('photo_height', models.PositiveSmallIntegerField(default=0)),
                ('public_name', models.CharField(blank=True, max_length=120, verbose_name='name shown in public')),
                ('role', models.CharField(blank=True, max_length=160, verbose_name='role')),
                ('photo_alt', models.CharField(blank=True, max_length=200, verbose_name='description of the photo')),
                ('accessibility_note', models.CharField(blank=True, max_length=500, verbose_name='accessibility of the slides')),
                ('slides', models.CharField(blank=True, max_length=64)),
                ('slides_name', models.CharField(blank=True, max_length=160)),
                ('submitted_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cards', to='speakers.contact')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speaker_cards', to='cycles.session')),
                ('slides_resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cycles.resource')),
            ],
            options={
                'verbose_name': 'card of a speaker',
                'verbose_name_plural': 'cards of speakers',
                'constraints': [models.UniqueConstraint(fields=('contact', 'session'), name='speaker_card_once_a_session')],
            },
        ),
        migrations.CreateModel(
            name='SpeakerConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('recording', 'recording'), ('publication', 'publication of the replay'), ('slides', 'publication of the slides'), ('photo', 'publication of the photo')], max_length=12, verbose_name='purpose')),
                ('is_given', models.BooleanField(verbose_name='agrees')),
                ('months', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='months')),
                ('until_date', models.DateField(blank=True, null=True, verbose_name='until')),
                ('territory', models.CharField(blank=True, choices=[('world', 'the whole world (the web)'), ('france', 'France')], max_length=8, verbose_name='territory')),
                ('supports', models.JSONField(blank=True, default=list, verbose_name='supports')),
                ('text', models.TextField(verbose_name='text')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'English')], max_length=5)),
                ('given_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end', models.CharField(blank=True, choices=[('replaced', 'replaced by another decision'), ('withdrawn', 'withdrawn')], max_length=10)),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='how you know')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='speakers.contact')),
                ('on_behalf_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='speaker_consents', to='cycles.session')),
            ],
            options={
                'verbose_name': 'consent of a speaker',
                'verbose_name_plural': 'consents of speakers',
                'ordering': ('given_at', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('contact', 'session', 'purpose'), name='speaker_consent_one_standing'), models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None)), models.Q(('ended_at__isnull', False), models.Q(('end', ''), _negated=True)), _connector='OR'), name='speaker_consent_end_is_dated'), models.CheckConstraint(condition=models.Q(('is_given', False), models.Q(('months__isnull', False), ('until_date__isnull', False), models.Q(('territory', ''), _negated=True)), _connector='OR'), name='speaker_consent_given_has_terms')],
            },
        ),
    ]

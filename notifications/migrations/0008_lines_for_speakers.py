"""Lines of the plan that chase and thank those who speak."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0012_speakers_withdrawn_and_held_replays"),
        ("notifications", "0007_index_deliveries_of_a_cycle"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reminderstep",
            name="reminder_step_speakers_have_their_own",
        ),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("too_late", "too late"),
                    ("superseded", "replaced by a newer schedule"),
                    ("session_gone", "the session is not held"),
                    ("registration_gone", "the registration ended"),
                    ("reminders_stopped", "the person stopped reminders"),
                    ("news_stopped", "the person left this cycle's news"),
                    ("step_off", "the reminder was switched off"),
                    ("erased", "the person was erased"),
                    ("stopped", "stopped by an organiser"),
                    ("not_speaking", "no longer speaks there under this address"),
                    ("answered", "has answered meanwhile"),
                    ("restored", "may have left before the backup was restored"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="reminderstep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("reminder", "reminder with the join link"),
                    ("thanks", "thanks to those who came"),
                    ("missed", "replay for those who missed it"),
                    ("follow_up", "follow-up for everyone"),
                    ("note", "message of your own"),
                    ("speaker_reminder", "reminder to those who speak, with the host’s link"),
                    ("speaker_chased", "chase-up to speakers who have not answered"),
                    ("speaker_thanked", "thanks to those who spoke, with the figures"),
                ],
                default="reminder",
                max_length=30,
                verbose_name="message",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminderstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("audience", "speakers"),
                        ("kind__in", ["speaker_reminder", "speaker_chased", "speaker_thanked"]),
                    ),
                    models.Q(
                        models.Q(("audience", "speakers"), _negated=True),
                        models.Q(
                            ("kind__in", ["speaker_reminder", "speaker_chased", "speaker_thanked"]),
                            _negated=True,
                        ),
                    ),
                    _connector="OR",
                ),
                name="reminder_step_speakers_have_their_own",
                violation_error_message="Those who speak get the message made for them, and nobody else does.",
            ),
        ),
    ]

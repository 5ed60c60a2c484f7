"""The public search reads what pages show: words, agendas, organisations."""

from django.db import migrations, models


def text():
    return models.TextField(blank=True, db_default="", default="", editable=False)


class Migration(migrations.Migration):
    dependencies = [("cycles", "0020_close_daily_cycles")]

    operations = [
        migrations.AddField(model_name="cycle", name="search_page", field=text()),
        migrations.AddField(model_name="organisation", name="search_page", field=text()),
        migrations.AddField(model_name="organisation", name="search_title", field=text()),
        migrations.AddField(model_name="segment", name="search_page", field=text()),
        migrations.AddField(model_name="session", name="search_page", field=text()),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0002_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalreportdraft",
            name="suggested",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="reportdraft",
            name="suggested",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]

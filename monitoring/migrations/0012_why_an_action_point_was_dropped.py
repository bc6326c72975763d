from django.db import migrations, models


def keep_reasons(apps, schema_editor):
    """Why what is dropped was dropped: so far only its trail says so."""
    points = apps.get_model("monitoring", "ActionPoint")
    trail = apps.get_model("monitoring", "HistoricalActionPoint")
    for point in points.objects.filter(state="cancelled", dropped_why=""):
        last = trail.objects.filter(id=point.pk, state="cancelled").order_by("-history_id").first()
        if last and last.history_change_reason:
            points.objects.filter(pk=point.pk).update(dropped_why=last.history_change_reason)


class Migration(migrations.Migration):

    dependencies = [
        ("monitoring", "0011_variance_cause"),
    ]

    operations = [
        migrations.AddField(
            model_name="actionpoint",
            name="dropped_why",
            field=models.TextField(blank=True, editable=False, verbose_name="why it was dropped"),
        ),
        migrations.AddField(
            model_name="historicalactionpoint",
            name="dropped_why",
            field=models.TextField(blank=True, editable=False, verbose_name="why it was dropped"),
        ),
        migrations.RunPython(keep_reasons, migrations.RunPython.noop),
    ]

from typing import Any

from django.db import migrations, models

from core.values.text import fold


def fold_texts(apps: Any, _editor: Any) -> None:
    comments = apps.get_model("monitoring", "Comment").objects
    for row in comments.only("pk", "text").iterator():
        comments.filter(pk=row.pk).update(search_key=fold(row.text))


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0005_results_and_mentions")]
    operations = [
        migrations.AddField(
            "comment",
            "search_key",
            models.TextField(blank=True, default="", editable=False),
        ),
        migrations.RunPython(fold_texts, migrations.RunPython.noop),
    ]

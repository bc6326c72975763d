"""The index of what was posted by a moment has the row's key as well: PostgreSQL finds which rows
waited then in it alone, where it read the year's rows. One of units and days: a list of one unit
was sorted."""

from django.db import migrations, models

FIELDS = [
    *("fiscal_year", "posted_at", "created_at", "program", "commune", "quarter"),
    *("activity", "fund", "period", "date", "amount", "status", "id"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("disbursements", "0018_rows_of_a_programme"),
        ("programs", "0010_codes_of_refusals"),
    ]

    operations = [
        migrations.RemoveIndex("disbursement", "disbursement_posted_at"),
        migrations.AddIndex(
            "disbursement",
            models.Index(
                fields=FIELDS, condition=models.Q(status="posted"), name="disbursement_posted_at"
            ),
        ),
        migrations.AddIndex(
            "disbursement",
            models.Index(fields=["commune", "date", "id"], name="disbursement_commune"),
        ),
    ]

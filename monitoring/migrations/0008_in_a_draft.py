"""A proposal is in the plan only while an approved version has its line: those in a draft say so."""

from django.db import migrations


def say(apps, schema_editor):
    Proposal = apps.get_model("monitoring", "Proposal")
    planned = Proposal.objects.filter(state="planned", plan_version__isnull=False)
    planned.exclude(plan_version__state="approved").update(state="drafted")


class Migration(migrations.Migration):
    dependencies = [
        ("monitoring", "0007_drafted"),
        ("disbursements", "0008_joined_and_revisions"),
    ]
    operations = [migrations.RunPython(say, migrations.RunPython.noop)]

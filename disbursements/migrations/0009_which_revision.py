"""Approved versions from before say which revision of their year they are: 0 is the original plan of
all programmes that they changed."""

from importlib import import_module

from django.db import migrations

content = import_module("disbursements.migrations.0006_what_open_drafts_speak_for").content


def count(apps, schema_editor):
    PlanVersion = apps.get_model("disbursements", "PlanVersion")
    PlanLine = apps.get_model("disbursements", "PlanLine")
    year, known, before, revision = None, set(), {}, 0
    approved = PlanVersion.objects.filter(state="approved").order_by("fiscal_year_id", "number")
    for plan in approved:
        if plan.fiscal_year_id != year:
            year, known, before, revision = plan.fiscal_year_id, set(), {}, 0
        after = content(PlanLine, plan.pk)
        changed = {
            key[0] for key in before.keys() | after.keys() if before.get(key) != after.get(key)
        }
        is_first = not known or (changed and not changed & known)
        revision += not is_first
        PlanVersion.objects.filter(pk=plan.pk).update(revision=0 if is_first else revision)
        known |= {key[0] for key in after}
        before = after


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0008_joined_and_revisions")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]

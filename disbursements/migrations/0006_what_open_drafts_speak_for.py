"""Each open draft speaks for the programmes in which it differs from what it was drafted from. Where
two did, the newer one speaks; the other stays as it is, is listed here, and its page says so."""

from django.db import migrations


def content(PlanLine, version_id):
    rows = PlanLine.objects.filter(plan_version_id=version_id).prefetch_related("amounts")
    return {
        (row.program_id, row.activity_id, row.commune_id, row.fund_id): (
            sorted((a.quarter, a.amount) for a in row.amounts.all() if a.amount),
            row.title,
            row.unit,
            row.note,
        )
        for row in rows
    }


def speak(apps, schema_editor):
    PlanVersion = apps.get_model("disbursements", "PlanVersion")
    PlanLine = apps.get_model("disbursements", "PlanLine")
    PlanProgram = apps.get_model("disbursements", "PlanProgram")
    for draft in PlanVersion.objects.exclude(state="approved").order_by("-pk"):
        before, after = content(PlanLine, draft.based_on_id), content(PlanLine, draft.pk)
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        for program in sorted({key[0] for key in changed}):
            taken = PlanProgram.objects.filter(
                fiscal_year_id=draft.fiscal_year_id, program_id=program, is_open=True
            )
            if not taken.exists():
                PlanProgram.objects.create(
                    plan_version_id=draft.pk,
                    fiscal_year_id=draft.fiscal_year_id,
                    program_id=program,
                )
            else:
                print(
                    f"Plan draft {draft.pk} changes programme {program}, for which draft "
                    f"{taken.get().plan_version_id} speaks: join them, or set one aside."
                )


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0005_a_draft_speaks_for_programmes")]
    operations = [migrations.RunPython(speak, migrations.RunPython.noop)]

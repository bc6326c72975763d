from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disbursements', '0015_order_by_amount'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='disbursement',
            index=models.Index(fields=['program', 'date', 'id'], name='disbursement_program'),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('disbursements', '0017_words_by_trigrams'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='disbursement',
            index=models.Index(fields=['program', 'date', 'id'], name='disbursement_program'),
        ),
    ]

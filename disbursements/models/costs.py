"""What a training class or an output cost: a link to the ledger, never a second number."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.values.said import refused
from disbursements.models.ledger import Disbursement
from programs.models import Output
from trainings.models import Training


class CostLink(models.Model):
    """Says that a disbursement paid for a training class or an output, wholly or among others."""

    disbursement = models.ForeignKey(
        Disbursement,
        models.PROTECT,
        related_name="cost_links",
        verbose_name=_("disbursement"),
    )
    training = models.ForeignKey(
        Training, models.CASCADE, null=True, blank=True, related_name="cost_links"
    )
    output = models.ForeignKey(
        Output, models.CASCADE, null=True, blank=True, related_name="cost_links"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["id"]
        verbose_name = _("cost")
        verbose_name_plural = _("costs")
        constraints = [
            models.CheckConstraint(
                condition=Q(training__isnull=False, output__isnull=True)
                | Q(training__isnull=True, output__isnull=False),
                name="cost_link_of_one_thing",
                violation_error_code="one_of_two",
            ),
            models.UniqueConstraint(
                fields=["disbursement", "training"],
                condition=Q(training__isnull=False),
                name="cost_link_training_once",
                violation_error_message=_("This disbursement is linked already."),
                violation_error_code="already_there",
            ),
            models.UniqueConstraint(
                fields=["disbursement", "output"],
                condition=Q(output__isnull=False),
                name="cost_link_output_once",
                violation_error_message=_("This disbursement is linked already."),
                violation_error_code="already_there",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disbursement_id} → {self.training_id or self.output_id}"

    def clean(self) -> None:
        thing = self.training or self.output
        if thing is None:
            return
        if self.disbursement.reverses_id is not None:
            raise refused(
                "disbursement", "is_reversal", _now("A reversal is no cost: link what it reverses.")
            )
        if self.disbursement.program_id != thing.program_id:
            raise refused(
                "disbursement",
                "other_program",
                _now("This disbursement belongs to another programme."),
            )

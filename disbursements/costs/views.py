"""What a class or an output cost, on its page: linked disbursements, and a field to link one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import PersonRequest
from core.pages import Section, admin_of, detail_response
from core.pages.forms import OK, run_service
from core.services.access import requires
from core.values import display
from core.values.said import refused
from core.values.text import is_digits
from disbursements.costs.services import MAY_LINK, cost_of, link, unlink
from disbursements.models import CostLink, Disbursement
from programs.models import Output
from trainings.models import Training

KINDS: dict[str, type[Training] | type[Output]] = {"training": Training, "output": Output}


class CostForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Disbursement"),
        max_length=60,
        help_text=gettext_lazy("Its number and fiscal year, such as 12/2023."),
    )


class UncostForm(forms.Form):
    """One of a record's linked disbursements."""

    link = forms.ChoiceField(label=gettext_lazy("Linked by mistake"))

    def __init__(self, *args: Any, links: Iterable[CostLink], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"{each.disbursement}: {display.number(each.disbursement.amount)}")
            for each in links
        ]


def _links(row: Training | Output, user: User) -> QuerySet[CostLink]:
    """The links of a record to disbursements that the user sees."""
    seen = Disbursement.objects.visible_to(user).values("pk")
    rows = row.cost_links.filter(disbursement__in=seen)
    return rows.select_related("disbursement__fiscal_year").order_by("pk")


def cost_section(request: PersonRequest, row: Model) -> Iterable[Section]:
    """What a record cost by its linked disbursements."""
    kind = next((name for name, model in KINDS.items() if model is type(row)), None)
    if kind is None or not isinstance(row, Training | Output):
        return
    user: User = request.user
    cost = cost_of(row, user)
    links = list(_links(row, user))
    texts = []
    if cost.rows:
        texts.append(_("%(sum)s đồng by the ledger.") % {"sum": display.number(cost.amount)})
    if cost.shared:
        texts.append(_("Some of it also paid for something else: at most this much."))
    may = any(map(user.can, MAY_LINK))
    if links or may:
        form = getattr(request, "cost_form", None) or CostForm(auto_id="id_cost_%s")
        yield Section(
            _("Cost"),
            texts=texts,
            links=[
                (
                    f"{each.disbursement}: {display.number(each.disbursement.amount)}",
                    reverse("disbursement", args=[each.disbursement_id]),
                )
                for each in links
            ],
            form=form if may else None,
            action=reverse("cost-link", args=[kind, row.pk]),
            button=_("Link it"),
        )
    if links and may:
        yield Section(
            _("Unlink a disbursement"),
            form=UncostForm(links=links, auto_id="id_uncost_%s"),
            action=reverse("cost-unlink", args=[kind, row.pk]),
            button=_("Unlink it"),
            folded=True,
        )


@requires(*MAY_LINK)
@require_POST
def add_cost(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Link a disbursement, named by number and year, to a class or an output."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(KINDS[kind].objects.visible_to(request.user), pk=pk)
    form = CostForm(request.POST, auto_id="id_cost_%s")
    if form.is_valid():
        text = form.cleaned_data["number"]
        _done, status = run_service(request, lambda: _link(request.user, row, text), form)
        if status == OK:
            return redirect(kind, pk=pk)
    request.cost_form = form  # type: ignore[attr-defined]
    return detail_response(admin_of(type(row)), request, row, status=400)


@requires(*MAY_LINK)
@require_POST
def remove_cost(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Take back a link that was a mistake."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(KINDS[kind].objects.visible_to(request.user), pk=pk)
    links = _links(row, request.user)
    form = UncostForm(request.POST, links=links)
    if form.is_valid():
        found = get_object_or_404(links, pk=form.cleaned_data["link"])
        unlink(actor=request.user, link=found)
    return redirect(kind, pk=pk)


def _link(actor: User, row: Training | Output, text: str) -> CostLink:
    number, _slash, year = text.replace(" ", "").partition("/")
    if not (is_digits(number) and len(number) < 10 and is_digits(year)):
        raise refused("number", "invalid_number", _("Write number/year, such as 12/2023."))
    rows = Disbursement.objects.visible_to(actor)
    found = rows.filter(number=int(number), fiscal_year__code=year).first()
    if found is None:
        raise refused("number", "does_not_exist", _("There is no such record in your assignment."))
    try:
        return link(actor=actor, disbursement=found, thing=row)
    except ValidationError as error:
        raise ValidationError({"number": [error]}) from error

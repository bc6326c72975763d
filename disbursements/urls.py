"""Addresses of the money: disbursements and plans."""

from django.urls import path

from disbursements.approval import views as approval_views
from disbursements.attachments import views as file_views
from disbursements.costs import views as cost_views
from disbursements.drafts import views as discard_views
from disbursements.entry_grid import views as grid_views
from disbursements.ledger import lists as list_views
from disbursements.ledger import views
from disbursements.many import views as many_views
from disbursements.month import views as month_views
from disbursements.photos import views as photo_views
from disbursements.plans import grid as plan_grid
from disbursements.plans import lists as plan_list
from disbursements.plans import views as plan_views

urlpatterns = [
    path("disbursements/", list_views.disbursements, name="disbursements"),
    path("disbursements/new/", views.new, name="disbursement-new"),
    path("disbursements/grid/", grid_views.entry_grid, name="disbursement-grid"),
    path("disbursements/amount/", views.amount_words, name="amount-words"),
    path("disbursements/many/", many_views.many_rows, name="disbursements-many"),
    path("disbursements/lists/", approval_views.approval_lists, name="approval-lists"),
    path("disbursements/lists/<int:pk>/", approval_views.approval_list, name="approval-list"),
    path("disbursements/photos/", photo_views.voucher_photos, name="voucher-photos"),
    path("disbursements/photos/<int:pk>/", photo_views.picture, name="voucher-photo"),
    path("disbursements/photos/<int:pk>/remove/", photo_views.remove, name="voucher-photo-remove"),
    path("disbursements/<int:pk>/", views.detail, name="disbursement"),
    path("disbursements/<int:pk>/next/", views.next_, name="disbursement-next"),
    path("disbursements/<int:pk>/edit/", views.edit, name="disbursement-edit"),
    path("disbursements/<int:pk>/submit/", views.submit, name="disbursement-submit"),
    path("disbursements/<int:pk>/post/", views.post, name="disbursement-post"),
    path("disbursements/<int:pk>/return/", views.return_, name="disbursement-return"),
    path("disbursements/<int:pk>/reverse/", views.reverse, name="disbursement-reverse"),
    path("disbursements/<int:pk>/withdraw/", views.withdraw, name="disbursement-withdraw"),
    path("disbursements/<int:pk>/delete/", discard_views.disbursement, name="disbursement-delete"),
    path("disbursements/<int:pk>/files/", file_views.add, name="attachment-add"),
    path("disbursements/<int:pk>/files/<int:file>/", file_views.download, name="attachment"),
    path(
        "disbursements/<int:pk>/files/<int:file>/remove/",
        file_views.remove,
        name="attachment-remove",
    ),
    path("periods/<int:pk>/", month_views.month_page, name="period"),
    path("periods/<int:pk>/submit/", month_views.submit, name="period-submit"),
    path("periods/<int:pk>/close/", month_views.close, name="period-close"),
    path("periods/<int:pk>/reopen/", month_views.reopen, name="period-reopen"),
    path("plans/", plan_list.plan_versions, name="plan-versions"),
    path("plans/new/", plan_views.plan_new, name="plan-new"),
    path("plans/<int:pk>/", plan_views.plan_version, name="plan-version"),
    path("plans/<int:pk>/lines/", plan_views.plan_line, name="plan-line"),
    path(
        "plans/<int:pk>/lines/<int:line>/remove/",
        plan_views.plan_line_remove,
        name="plan-line-remove",
    ),
    path("plans/<int:pk>/transfer/", plan_views.plan_transfer, name="plan-transfer"),
    path("plans/<int:pk>/reason/", plan_views.plan_reason, name="plan-reason"),
    path("plans/<int:pk>/submit/", plan_views.plan_submit, name="plan-submit"),
    path("plans/<int:pk>/refresh/", plan_views.plan_refresh, name="plan-refresh"),
    path("plans/<int:pk>/withdraw/", plan_views.plan_withdraw, name="plan-withdraw"),
    path("plans/<int:pk>/join/", plan_views.plan_join, name="plan-join"),
    path("plans/<int:pk>/set-aside/", plan_views.plan_set_aside, name="plan-set-aside"),
    path("plans/<int:pk>/grid/", plan_grid.plan_grid, name="plan-grid"),
    path("plans/<int:pk>/approve/", plan_views.plan_approve, name="plan-approve"),
    path("plans/<int:pk>/return/", plan_views.plan_return, name="plan-return"),
    path("plans/<int:pk>/delete/", discard_views.plan, name="plan-delete"),
    path("costs/<slug:kind>/<int:pk>/", cost_views.add_cost, name="cost-link"),
    path("costs/<slug:kind>/<int:pk>/unlink/", cost_views.remove_cost, name="cost-unlink"),
]

"""What each role may do, as code. Where it may do it is a matter of Assignments.

A test holds this table against what every page and API action does.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    BOARD = "board", _("Steering board staff")
    HEAD = "head", _("Board head")
    MANAGER = "manager", _("Programme-area manager")
    COORDINATOR = "coordinator", _("Project coordinator")
    COMMUNE = "commune", _("Commune project board")
    VIEWER = "viewer", _("Viewer")
    ADMIN = "admin", _("Administrator")


VIEW = "view"  # read everything in one's scope
ENTER_DISBURSEMENT = "enter_disbursement"  # draft, edit, submit disbursements
POST_DISBURSEMENT = "post_disbursement"  # post, return, reverse
LOAD_HISTORY = "load_history"  # import what happened before the portal, posted at once
DRAFT_PLAN = "draft_plan"  # draft and submit plan versions
APPROVE_PLAN = "approve_plan"  # approve or return plan versions
CLOSE_PERIOD = "close_period"  # close and reopen months and years
RECORD_TRAINING = "record_training"
RECORD_OUTPUT = "record_output"  # outputs, groups, visits
CONFIRM_OUTPUT = "confirm_output"  # say that a thing was handed over, is in use, is broken
RECORD_DIFFICULTY = "record_difficulty"
RECORD_MEETING = "record_meeting"  # meetings, boards, agreements, decisions
PROPOSE_ACTIVITY = "propose_activity"
COMMENT = "comment"  # on any record one sees
DECIDE_PROPOSAL = "decide_proposal"
PLAN_SELECTED = "plan_selected"  # make the selected proposals lines of a draft plan
EXPLAIN_VARIANCE = "explain_variance"
ISSUE_REPORT = "issue_report"
VIEW_TRAIL = "view_trail"
MANAGE_PEOPLE = "manage_people"
MANAGE_SETTINGS = "manage_settings"

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset({VIEW}),
    Role.COMMUNE: frozenset(
        {VIEW, RECORD_TRAINING, RECORD_DIFFICULTY, CONFIRM_OUTPUT, PROPOSE_ACTIVITY, COMMENT}
    ),
    Role.COORDINATOR: frozenset(
        {
            *(VIEW, ENTER_DISBURSEMENT, DRAFT_PLAN, RECORD_TRAINING, RECORD_OUTPUT, CONFIRM_OUTPUT),
            *(RECORD_DIFFICULTY, PROPOSE_ACTIVITY, PLAN_SELECTED, COMMENT, EXPLAIN_VARIANCE),
        }
    ),
    Role.MANAGER: frozenset(
        {
            *(VIEW, POST_DISBURSEMENT, LOAD_HISTORY, CLOSE_PERIOD, RECORD_OUTPUT),
            *(RECORD_DIFFICULTY, DECIDE_PROPOSAL, PLAN_SELECTED, COMMENT, EXPLAIN_VARIANCE),
            VIEW_TRAIL,
        }
    ),
    Role.HEAD: frozenset(
        {
            *(VIEW, APPROVE_PLAN, POST_DISBURSEMENT, LOAD_HISTORY),
            *(DECIDE_PROPOSAL, PLAN_SELECTED, COMMENT, VIEW_TRAIL),
        }
    ),
    Role.BOARD: frozenset(
        {
            *(VIEW, RECORD_MEETING, RECORD_OUTPUT, RECORD_DIFFICULTY, DECIDE_PROPOSAL, COMMENT),
            *(EXPLAIN_VARIANCE, ISSUE_REPORT, VIEW_TRAIL),
        }
    ),
    Role.ADMIN: frozenset({VIEW, LOAD_HISTORY, VIEW_TRAIL, MANAGE_PEOPLE, MANAGE_SETTINGS}),
}


def permissions_of(role: str) -> frozenset[str]:
    """The named permissions of a role; none for a role that is not known."""
    return PERMISSIONS.get(role, frozenset())


def roles_with(permission: str) -> list[str]:
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]

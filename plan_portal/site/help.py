"""A short help for each page, by the name of its address: what it is for and what to do first.

Lists and pages of plain records (`core.pages`) share four texts; what is special to one of them
stands under its own name. A test holds that no page is without.
"""

from django.utils.translation import gettext_lazy as _

from core.pages import ADMINS

HELP: dict[str, object] = {
    # Overview
    "dashboard": _(
        "Choose fiscal year, programme and commune above the figures; the address keeps the "
        "choice, so you can send it to somebody. Each figure leads to the plan lines or "
        "disbursements it is made of. Only posted disbursements count; what waits for "
        "approval stands beside them."
    ),
    "against-plan": _(
        "These are the rows behind one figure of the dashboard; they add up to it to the "
        "đồng. Excel and CSV hold exactly the rows shown."
    ),
    "beside-money": _(
        "Plan, money and reasons of a programme, a commune, a quarter, or any of these together: "
        "choose above, or follow a cell of the dashboard. The explanations are those of the "
        "quarter's end, with who gave them. What is expected by the year's end is a forecast, and "
        "says what it goes by."
    ),
    "waiting": _(
        "What somebody waits for you to do: approve, mend, explain, finish. Each line leads "
        "to the page where it is done, and is gone when it is done."
    ),
    "all-pages": _(
        "Every page you may open, also those that your menu leaves out. The search in the head "
        "finds them by name, too."
    ),
    "guide-list": _(
        "How to do one's work with the portal, step by step: a guide for each role. Once opened, "
        "it can be read without a connection, too."
    ),
    "guide-page": _(
        "What stands in bold is written on the screen in the same words; a name that is a link "
        "leads to that page."
    ),
    "search-all": _(
        "Press / anywhere to search. The arrow keys go from one line to the next, Enter opens it."
    ),
    "notices": _(
        "What happened that concerns you: new difficulties, rows returned to you, mentions, issued "
        "reports. Opening one marks it as read."
    ),
    "mentions": _(
        "Comments in which somebody wrote @ and your user name. Opening the record marks them read."
    ),
    "present": _(
        "One message to a page, from the same figures as the dashboard. Go on with the arrow "
        "keys; print to get a PDF of all pages."
    ),
    "trail": _(
        "Every change to every record, newest first. Narrow it by kind of record, person or "
        "day. Nobody can change or delete a line."
    ),
    # Money
    "plan-versions": _(
        "A year's plan comes in versions: each programme's original, then revisions with their "
        "reason. "
        "Draft one or import it, submit it; the board head approves it, and it becomes the "
        "current plan."
    ),
    "plan-new": _(
        "Choose the year and say why it changes. The draft begins as a copy of the current "
        "plan; then change its lines, or import a workbook over it."
    ),
    "plan-version": _(
        "The lines with what differs from the version before. In a draft, change a line, "
        "move money between two lines, then submit. An approved version never changes: draft "
        "a revision."
    ),
    "plan-grid": _(
        "Type over the amounts in the lines' rows and add new lines below; all are saved at once. "
        "A row that somebody else changed meanwhile says so."
    ),
    "plan-delete": _("Only a draft that was never submitted can be deleted. It cannot be undone."),
    "disbursements": _(
        "Find a voucher by words, state, day or place; the sums are of everything found. "
        "Enter a new one, or import a whole workbook from the menu."
    ),
    "disbursement-new": _(
        "Type the amount as you speak it (12,5 triệu): it is said back in words. Save keeps "
        "a draft; Submit sends it to whoever approves. Without a connection it stays in this "
        "browser."
    ),
    "saved-views": _(
        "What you keep of lists under a name: columns, order and filters. Each is an address, "
        "which shows others the same list within their scope."
    ),
    "disbursement-next": _(
        "The voucher above is saved; the form begins the next one with the same day, activity, "
        "commune and payee. Undo takes back what was saved."
    ),
    "disbursement-grid": _(
        "Type vouchers row by row or paste them from Excel: day, voucher number, activity, "
        "commune, amount. What is wrong stands below its cell; right rows can be saved without the "
        "others. Without a connection all of it stays in this browser."
    ),
    "voucher-photos": _(
        "For a moment in which there is time for a photo alone. Each waits for you, and for nobody "
        "else, until its day, activity, commune and amount are typed beside it."
    ),
    "disbursement-edit": _(
        "Only a draft or a returned disbursement can be changed. Save, then submit it again."
    ),
    "disbursement": _(
        "A draft is submitted, then posted or returned by somebody else. Once posted it "
        "never changes: what was wrong is reversed, wholly or in part, and entered anew."
    ),
    "disbursement-delete": _(
        "Only a draft that was never submitted can be deleted. It cannot be undone."
    ),
    "disbursements-many": _(
        "What is about to be done with the chosen rows: how many, their sum, what deserves a "
        "second look, and which of them are left as they are."
    ),
    "variances-explain": _(
        "One explanation for the chosen variances. What was explained before stays as it is."
    ),
    "approval-lists": _("Months with disbursements that wait. Open one to approve it as one list."),
    "approval-list": _(
        "Tick what you approve, or open a line to return it with a reason. You cannot post "
        "what you submitted yourself."
    ),
    "person-hand-over": _(
        "Everything open that this person made or was given goes to another one in one step. "
        "Choose somebody whose assignments cover it."
    ),
    "handing-on": _(
        "What is open in a unit that ended. Tick what the new unit goes on with; what cannot be "
        "handed on says why. Then print the minute and have it signed."
    ),
    "letters": _(
        "Every letter the portal sends: what waits, what went, what failed and why. Mend what is "
        "wrong with the mail server or the address, then try it again."
    ),
    "person-erase": _(
        "For somebody who has left. Name and address go for good; what the person did stays on "
        "the trail under a number. Hand over what is open first."
    ),
    "go-live": _(
        "Until this day one person may load what happened before the portal. Moving it to a "
        "later day needs a reason and somebody else who agrees."
    ),
    "periods": _(
        "Close a month when all of it is posted: after that nothing can be dated in it. "
        "Opening it again needs a reason, which stays on record."
    ),
    "period": _(
        "What the month needs, in its order, from its vouchers to closing it: each step says what "
        "is missing and who has to do it. Print the list for approval for signature, then post it."
    ),
    "variances": _(
        "Where money to date is further from the plan than the limits allow. Open a line to "
        "say why and what follows from it; the reports print it."
    ),
    "variance": _(
        "Say why the money is off the plan, and what is decided. Both go into the reports."
    ),
    # The programme's life
    "checks-due": _(
        "What was handed over is seen once a year. Here is what nobody has seen for a year, with "
        "who looks after it and the board in office today, also after communes were merged."
    ),
    "trainings-summary": _(
        "Classes and people by topic, programme, commune or quarter. A person in two classes "
        "counts twice: these are head counts, not names."
    ),
    "results": _(
        "Target against actual beside plan against money. Some indicators the portal counts "
        "itself; the others are entered with their evidence."
    ),
    "results-list": _(
        "Each indicator in each commune as a line: sort it, search it, take it to Excel. The "
        "filters are those of the results framework."
    ),
    "indicator-targets-of": _(
        "One target per commune and year. Leave a field empty for no target."
    ),
    "selection": _(
        "Proposals for the year, scored by its criteria and compared under each ceiling. Select, "
        "defer or refuse each with a reason; what is selected stands in the plan's open draft at "
        "once, or waits until somebody makes one."
    ),
    # Data
    "imports": _(
        "Choose your own workbook as it is. It is checked first: you see its sums or its "
        "errors, and nothing is saved until you say so. A saved import can be taken back."
    ),
    "upload": _(
        "Each error names sheet, row and column. Mend them in your workbook (or download it "
        "with the wrong cells marked) and choose it again. With no errors left, save."
    ),
    "upload-reading": _(
        "All that was read of the workbook: its sheets, columns, units, rows left out, sums."
    ),
    "upload-reverse": _(
        "All posted rows of one workbook are reversed in one step, with one reason. Who loaded it "
        "cannot do it."
    ),
    "upload-sheet": _(
        "Change only what was read wrongly: the unit, what a column is, hidden rows, a word that "
        "is not known. The workbook is checked again, and later ones of this layout are read so."
    ),
    "issued-reports": _(
        "Prepare a report's text, look at it, then issue it: it gets its number, and neither "
        "text nor figures change after that."
    ),
    "issued-report": _("The document as it was issued, and which figures have changed since."),
    "report-draft": _(
        "Write the blocks of text; the figures come from the ledger by themselves. What the "
        "figures can say is suggested first. Saving keeps it for whoever goes on. Issue it when "
        "it is right."
    ),
    "report-for-donor": _(
        "Choose the document, its language and, if wanted, a currency with its rate, source and "
        "day; look at it, then take it as a file."
    ),
    "issued-report-edition": _(
        "The figures as they were issued, in the other language or with a currency beside đồng. "
        "What was issued stays as it is."
    ),
    "report-issue": _(
        "Choose the board that issues it, day and signer. The number is given by itself."
    ),
    "offline": _("What can be read and done without a connection, and what this browser keeps."),
    # People and settings
    "profile": _(
        "Your details, language, letters, second factor, sessions, and who approves for you "
        "while you are away."
    ),
    "shared-links": _(
        "A link shows one summary, or the figures of one report, to somebody without an account: "
        "a donor, the province. It has a last day, is counted, and can be ended at any time. The "
        "address is shown once."
    ),
    "shared": _("One summary for whoever was given its address. Excel and CSV have the same rows."),
    "tokens": _(
        "A token lets a program read or write as you. It is shown once; revoke the ones no "
        "longer needed."
    ),
    "people": _(
        "Invite somebody, then say where they may act: without an assignment they see nothing."
    ),
    "person": _(
        "Role says what a person may do, assignments say where. Deactivate who has left: "
        "nothing they did is lost."
    ),
    "person-new": _(
        "They choose their password with a link. Choose the role by what they do, and assign "
        "programmes and communes on the next page."
    ),
    "health-page": _(
        "Whether everything is in order, when the last backup was made, who failed to sign in, and "
        "what the database was slow at. What needs a hand says which command mends it."
    ),
    "outlines": _(
        "Read a GeoJSON file, see which communes matched and what was left out and why, then use "
        "it. What is used can be taken back."
    ),
    "outline-file": _("What matched and what was left out. Nothing is drawn before it is used."),
    "setup": _("Take the steps in order the first time; later come back to any of them."),
    "setup-step": _(
        "What you enter is saved at once. Go back and forth as you like; nothing is lost."
    ),
    "year-settings": _(
        "The years with their limits and budget ceilings. The next year is opened here, before its "
        "first day."
    ),
    "year-next": _("Opening a year makes its twelve months for every area. It needs no plan yet."),
    "year-settings-edit": _(
        "The limits say from when money off the plan has to be explained; the ceiling is for "
        "choosing activities."
    ),
    "programs": _(
        "The programmes that plans and money are booked to. The code stays, names may change."
    ),
    # Signing in
    "login": _("Your administrator gives you a user name and a link to choose the password."),
    "second-factor-check": _("Type the six digits of the app on your phone, or a recovery code."),
    "second-factor": _("Scan the picture with an app on your phone, then type its six digits."),
    "second-factor-off": _("Signing in then needs the password alone."),
    "sessions": _("A device you do not know: sign out everywhere else, then change the password."),
    "password_change": _("At least as long as the page says; nobody else ever learns it."),
    "password_reset": _("A link is sent to the address of your account, if there is one."),
    "password_reset_done": _("Look into your mailbox, also among the unwanted letters."),
    "password_reset_confirm": _("Choose a password; the link works once."),
    "password_reset_complete": _("Sign in with the new password."),
}
LIST = _(
    "Narrow the list with the filters, sort it by a heading; Excel and CSV hold what is "
    "found. Open a line to see all of it and what can be done with it."
)
RECORD = _(
    "All that is known of it, what can be done now, comments and files, and below who "
    "changed what and when."
)
NEW = _("What is not marked optional is needed. What you type stays when something is wrong.")
EDIT = _("Change what is wrong and save. Before and after stay on the trail.")


def help_for(name: str) -> object:
    """The help of a page by the name of its address; "" where there is none."""
    if name in HELP:
        return HELP[name]
    for admin in ADMINS.values():
        if name == admin.name:
            return LIST
        if name == f"{admin.one}-new":
            return NEW
        if name == f"{admin.one}-edit":
            return EDIT
        if name == admin.one or name.startswith(f"{admin.one}-"):
            return RECORD  # and actions, whose page is the record's when something is wrong
    return ""

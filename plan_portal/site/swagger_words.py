"""What Swagger UI writes on the page to try the API, in the reader's language."""

from django.utils.translation import gettext as _


def swagger_words() -> dict[str, str]:
    """Its own words and the portal's (templates/docs.html, static/js/docs.js)."""
    return {
        "Authorize": _("Authorize"),
        "Available authorizations": _("Your token"),
        "Logout": _("Forget it"),
        "Close": _("Close"),
        "Filter by tag": _("Search"),
        "Parameters": _("Parameters"),
        "No parameters": _("No parameters"),
        "Name": _("Name"),
        "Description": _("Description"),
        "Try it out": _("Try it out"),
        "Cancel": _("Cancel"),
        "Execute": _("Execute"),
        "Clear": _("Clear"),
        "Request body": _("Request body"),
        "required": _("required"),
        "Responses": _("Answers"),
        "Code": _("Code"),
        "Details": _("Details"),
        "Server response": _("The server's answer"),
        "Response body": _("Body"),
        "Response headers": _("Headers"),
        "Request URL": _("Address"),
        "Download": _("Download"),
        "Example Value": _("Example"),
        "Schema": _("Shape"),
        "Media type": _("Form"),
        "Links": _("Links"),
        "No links": _("No links"),
        "Value": _("Value"),
        "Value:": _("Value:"),
    }

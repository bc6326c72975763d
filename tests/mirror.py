"""A client that keeps a copy of what the API's lists show, by following `/api/v1/changes/`."""

from plan_portal.api import resources

CHANGES = "/api/v1/changes/"


def shown(client):
    """Every record of every list, by (resource, id)."""
    found = {}
    for name in resources():
        address = f"/api/v1/{name}/?page_size=500"
        while address:
            page = client.get(address).json()
            found |= {(name, row["id"]): row for row in page["results"]}
            address = page["next"]
    return found


class Mirror:
    """Its cursor first, then the lists: what changes while it reads them comes once more."""

    def __init__(self, client, size=50):
        self.client = client
        self.next = client.get(CHANGES, {"page_size": size}).json()["next"]
        self.records = shown(client)
        self.told = []

    def follow(self):
        """Take over all there is; how often it asked."""
        for asked in range(1, 10_000):
            answer = self.client.get(self.next)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            for each in page["changes"]:
                self._take(each)
            self.next = page["next"]
            if not page["more"]:
                return asked
        raise AssertionError("it never ends")

    def _take(self, each):
        key = each["resource"], each["id"]
        self.told.append((*key, each["change"]))
        if each["record"] is None:
            self.records.pop(key, None)
        else:
            self.records[key] = each["record"]

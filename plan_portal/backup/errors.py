"""What goes wrong with a backup, in a sentence for whoever started the command."""


class BackupError(Exception):
    """Nothing was touched unless the sentence says so."""

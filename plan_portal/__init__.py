"""The project: settings, addresses, commands over several apps, the demo."""

__version__ = "0.11.0"  # as CHANGELOG.md has it; shown at the foot of every page

"""What every app shares: text, money, dates. Imports none of the apps."""

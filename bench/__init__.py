"""What the portal costs, measured: `make bench`, `make bench-quick`, `make bench-exports`."""

"""Several nodes behind one web server: what they share, and what each may do (docs/scale.md)."""

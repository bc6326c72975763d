"""What was seen, said and decided. Its tables come with the work on the programme's life."""

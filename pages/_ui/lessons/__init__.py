"""Ready lessons: the list of them, one that is opened, and the teacher's notes."""

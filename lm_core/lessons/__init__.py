"""Lessons: a screen as a teacher sets it up, with words and a question, in one link."""

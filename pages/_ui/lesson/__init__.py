"""Lessons: opening a lesson link, its words and its question above a screen, and making one."""

"""What a teacher sees and does while a class is at work: who is here, what runs, the board."""

"""Fine-tune: what a trained model is adapted to and how, and what that won and lost."""

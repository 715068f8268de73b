"""Tables of numbers: splits of them, their columns as features, other learners beside ours."""

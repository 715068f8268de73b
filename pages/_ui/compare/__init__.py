"""Compare: families that learn one text under one budget, and what each buys for what it costs."""

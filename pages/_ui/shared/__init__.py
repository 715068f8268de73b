"""What several screens use: the visitor and the address, texts and models to choose, charts."""

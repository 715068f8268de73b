"""Metrics: what perplexity, accuracy, F1, BLEU, ROUGE and METEOR measure, number by number."""

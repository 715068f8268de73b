"""Quantize: one matrix with its levels, all schemes measured, outliers, and what size has to pay."""

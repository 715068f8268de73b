"""Quantize: a matrix with its levels, all schemes measured, outliers, what a size has to pay."""

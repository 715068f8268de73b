"""Forecast: a series and its windows, forecasts beside the truth, errors by how far ahead."""

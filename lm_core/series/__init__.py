"""Series of measurements: splits of them, mending their times, forecasts by direct formulas."""

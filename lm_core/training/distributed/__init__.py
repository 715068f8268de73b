"""One model trained by several processes: their talk, their steps, weights spread over them."""

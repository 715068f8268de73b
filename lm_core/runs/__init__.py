"""A run is a thing of its own: described by a RunSpec, executed by a worker, kept in a RunStore.

Import from the modules: `spec`, `store`, `manager`. This file stays empty so that a page can ask
for the light ones without importing torch.
"""

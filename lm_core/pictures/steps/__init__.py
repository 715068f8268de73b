"""What can be done to a picture, one subject a file; every function is a step of the registry."""

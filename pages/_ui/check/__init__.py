"""What Check this machine looks at before a lesson."""

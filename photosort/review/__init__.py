"""The page on which a plan is looked at and edited, served to this machine alone."""

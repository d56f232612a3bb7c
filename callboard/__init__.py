"""The composition root: command line, configuration, the pipeline from portal to digest."""

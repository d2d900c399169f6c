"""Where a person is reached by each channel, and how they wish to be told."""

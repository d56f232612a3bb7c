"""Side by side, in one run: this code and what a user would otherwise run. Ratios, not tests."""

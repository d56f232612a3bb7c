"""What is printed, whatever it means: dates and amounts of money."""

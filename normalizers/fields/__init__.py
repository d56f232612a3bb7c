"""What it means: for each field of a call, the candidates and the choice among them."""

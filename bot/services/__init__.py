"""One file per thing the product can be asked to do; each does it in one transaction."""

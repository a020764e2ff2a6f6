"""What is served over HTTP: health and figures for the operator, and routes mounted by others."""

"""A report's life: requested → drawn by a worker → frozen with its hash → downloaded by those who may."""

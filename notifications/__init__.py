"""Who wants to know of a change, and proof that we told them."""

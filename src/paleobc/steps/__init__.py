"""The steps of the product: each reads assets, calls the science, and writes one asset."""

"""Text as it is compared: pure Python, no kernels."""

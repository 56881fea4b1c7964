"""The ReasoningBank: memories stored, found by meaning, and weighed by how well they served."""

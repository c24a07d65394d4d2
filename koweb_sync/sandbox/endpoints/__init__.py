"""The endpoints: who asks, what for, and the answer."""

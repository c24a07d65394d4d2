"""Every page of the desk in every state that it has, reached as people reach it: what `test_every_state.py` judges."""

"""The rooms of the desk: a file for each kind of page, in the order of `menu`. What a page does, is done below."""

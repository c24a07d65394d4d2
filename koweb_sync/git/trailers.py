"""The lines of a commit's message that tell something to programs, such as `Koweb-Forum: …`."""


def trailer_values(message: str, name: str) -> tuple[str, ...]:
    """What such lines say, wherever they stand: whoever squashes commits puts their messages one below the other,
    indented or not, and git itself reads the last paragraph alone. Nobody else's words begin a line of our messages.
    """
    begin = f"{name}: "
    lines = (line.strip() for line in message.splitlines())
    return tuple(line.removeprefix(begin).strip() for line in lines if line.startswith(begin))

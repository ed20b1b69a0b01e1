"""How a text speaks of time: its phrases, what each says, and the days that are meant."""

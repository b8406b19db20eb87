"""What a call of either service is made of: its queue, its requests, its repeats, its trace."""

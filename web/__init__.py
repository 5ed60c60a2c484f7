"""What every request passes through: the size of its body, its headers, its network, and what logs may say of it."""

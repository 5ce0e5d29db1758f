"""What commands ask of apt, pip, uv and Poetry; what servers serve; project files and their locks."""

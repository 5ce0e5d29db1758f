"""Running the checks: what a lab asks for, what came of each check, one submission, a class."""

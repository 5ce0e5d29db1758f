"""The class page: one HTML file with the class, each check and each student. It loads nothing from elsewhere."""

"""What the file itself says in data: e-invoice XML and form fields."""

// Small comforts for the admin pages; everything works without them.

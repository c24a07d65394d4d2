"""Reports that programs read: JSON with its schema, and a CSV table. Nothing is translated. Imports all but `page`."""

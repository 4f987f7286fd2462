"""What a page shows, before any source has an opinion: runs of words, labels, amounts."""

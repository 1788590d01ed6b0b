"""What a past run says of its folders and photos: which run counts, what is meant, and why photos lie there."""

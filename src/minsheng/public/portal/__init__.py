"""The citizens' portal: filing in small steps, the receipt, one's own appeals and what one may do with them."""

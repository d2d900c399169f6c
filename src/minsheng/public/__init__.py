"""What citizens and other systems reach: accounts, the portal, published results, Open311."""

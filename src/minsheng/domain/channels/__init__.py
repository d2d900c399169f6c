"""What comes from people by channels other than the telephone and the portal."""

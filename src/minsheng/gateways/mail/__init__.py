"""Mail in and out: bytes to a value that nothing makes raise, keyed tags, SMTP and IMAP. It knows no feature."""

"""Files from outside: their kinds, pictures, videos, PDFs, archives."""

"""Cases of accountability: who answers for what, with which measure, on which evidence, and the appeal against it."""

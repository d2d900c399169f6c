"""The hotline's encyclopaedia (热线百科): articles of the knowledge base that everybody reads."""

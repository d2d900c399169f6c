"""Electronic monitoring (电子监察): what counts how often, violations, and the dossiers that hand them on."""

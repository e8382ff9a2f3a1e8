"""Administrator Settings > Firm: what the firm decides for everybody."""

"""Practice Management: the product in which a firm keeps its contacts."""

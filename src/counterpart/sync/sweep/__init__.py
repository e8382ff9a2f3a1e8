"""The reconciliation sweep: both products compared record by record from their columns, and put right (section 12)."""

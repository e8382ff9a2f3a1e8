"""The people and organisations a firm deals with."""

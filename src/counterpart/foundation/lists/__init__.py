"""Lists of records: one component for every list of both products (section 8).

A product declares a list (``spec.ListSpec``): its columns, its filters, what can be done with many at once. ``asking``
reads what an address asks for, ``views`` shows it, ``bulk`` changes many records, ``neighbours`` leads from one record
to the next.
"""

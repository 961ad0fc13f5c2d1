"""What `archcalc verify` found, read from its JSON as data that nobody vouches for, and held to the analysis of today."""

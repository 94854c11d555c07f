"""A package that is not Footfall's: it adds a sink and a parser, each in one file, with settings of their own."""

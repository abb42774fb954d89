"""How fast it is, in ratios within one run: machines of this kind change speed with their neighbours."""

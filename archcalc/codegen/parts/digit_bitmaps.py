# mypy: ignore-errors
# fmt: off


# Stylised digits, 7 wide and 12 high, drawn for archcalc after the idea of Figure 3 in LeCun et al. (1998). They are not
# the paper's own bitmaps.
DIGITS = """
..XXX.. ...X... .XXXXX. XXXXXXX ....XX. XXXXXXX ..XXXX. XXXXXXX .XXXXX. .XXXXX.
.XX.XX. ..XX... XX...XX .....XX ...XXX. XX..... .XX.... XX...XX XX...XX XX...XX
XX...XX .XXX... XX...XX ....XX. ...X.X. XX..... XX..... .....XX XX...XX XX...XX
XX...XX ...X... .....XX ...XX.. ..XX.X. XX..... XX..... .....XX XX...XX XX...XX
XX...XX ...X... .....XX ..XXX.. ..X..X. XXXXXX. XX.XXX. ....XX. .XX.XX. XX...XX
XX...XX ...X... ....XX. ....XX. .XX..X. XX...XX XXX..XX ....XX. ..XXX.. .XX..XX
XX...XX ...X... ...XX.. .....XX .X...X. .....XX XX...XX ...XX.. .XX.XX. ..XXXXX
XX...XX ...X... ..XX... .....XX XX...X. .....XX XX...XX ...XX.. XX...XX .....XX
XX...XX ...X... .XX.... .....XX XXXXXXX .....XX XX...XX ..XX... XX...XX .....XX
XX...XX ...X... XX..... .....XX .....X. .....XX XX...XX ..XX... XX...XX .....XX
.XX.XX. ...X... XX..... XX...XX .....X. XX...XX .XX..XX ..XX... XX...XX ....XX.
..XXX.. .XXXXX. XXXXXXX .XXXXX. .....X. .XXXXX. ..XXXX. ..XX... .XXXXX. XXXXX..
"""
DIGIT_BITMAPS = ["".join(rows) for rows in zip(*(line.split() for line in DIGITS.strip().splitlines()))]

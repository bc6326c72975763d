"""Plan beside money: a programme, a commune, a quarter, or any of these together, on one page.

`gathered.py` reads what the page and the API both say of it; `page.py` and `api.py` write it out.
"""

def test_a(approved): print(approved("show","1").out)
def test_b(in_review): print(in_review("show","1").out)
def test_c(founded): print(founded("list").out)

"""Rendering code that emits bytes: what never changes is encoded once, when a template is compiled.

Jinja's code yields the pieces of a text. Most of a document is the template's own markup, and
encoding all of it took as long as filling in the values; here only the values are encoded.
"""

import ast
from types import CodeType


def emitting_bytes(source: str) -> CodeType:
    """Return the code of a compiled part (Jinja's Python source) that yields UTF-8 instead of text."""
    tree = ast.fix_missing_locations(_Encoded().visit(ast.parse(source)))
    code: CodeType = compile(tree, "<template>", "exec")
    return code


class _Encoded(ast.NodeTransformer):
    def visit_Yield(self, node: ast.Yield) -> ast.Yield:
        piece = node.value
        if isinstance(piece, ast.Constant) and isinstance(piece.value, str):
            return ast.Yield(ast.Constant(piece.value.encode()))
        if piece is None:
            return node
        return ast.Yield(ast.Call(ast.Attribute(piece, "encode", ast.Load()), [], []))

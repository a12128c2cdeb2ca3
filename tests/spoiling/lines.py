"""The inside of an event's line: where values stand in it, and putting others there."""

from workflow.documents.package import content_digest, read_package
from workflow.errors import WorkflowError


def nodes(value, path=()):
    """Yield every place inside a value, and what stands there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name), one
        yield from nodes(one, (*path, name))


def leaves(value):
    """Return the places inside which nothing stands."""
    return [(path, one) for path, one in nodes(value) if not isinstance(one, dict | list) or not one]


def put_at(body, path, new):
    """Put a value at a place."""
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = new


def delete_at(body, path):
    """Take out what stands at a place."""
    for step in path[:-1]:
        body = body[step]
    del body[path[-1]]


def replace_in(value, old, new, body=None):
    """Replace a digest wherever it stands, and what is said of its bytes beside it."""
    if isinstance(value, dict):
        for name, one in list(value.items()):
            if one == old:
                value[name] = new
                if body is not None and "size" in value:
                    value["size"] = len(body)
                if body is not None and name == "file" and "content" in value:
                    try:
                        value["content"] = content_digest(read_package(body, name="x"))
                    except WorkflowError:
                        continue
            else:
                replace_in(one, old, new, body)
    elif isinstance(value, list):
        for one in value:
            replace_in(one, old, new, body)


def texts_in(value):
    """Return every text inside a value."""
    return {one for _, one in leaves(value) if isinstance(one, str)}

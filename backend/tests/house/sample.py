"""A valid request for any operation, made from the contract alone."""

from typing import Any

ANY_ID = "01900000-0000-7000-8000-00000000dead"


def resolve(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def sample(schema: dict[str, Any], document: dict[str, Any], *, top: bool = False) -> Any:
    """Return a value the schema accepts: its example, or the plainest value of its type."""
    schema = resolve(schema, document)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for words in ("anyOf", "oneOf"):
        if words in schema:
            options = [resolve(s, document) for s in schema[words]]
            return sample(next((o for o in options if o.get("type") != "null"), options[0]), document)
    if "allOf" in schema:
        return sample(schema["allOf"][0], document)
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            # A body in which nothing is required still has to say something.
            names = schema.get("required") or list(properties)[: int(top)]
            return {name: sample(properties[name], document) for name in names if name in properties}
        case "array":
            return [sample(schema["items"], document)] * schema.get("minItems", 0)
        case "string":
            return {"uuid": ANY_ID, "date": "2026-04-01", "date-time": "2026-04-01T09:00:00Z"}.get(
                schema.get("format", ""), "a" * max(schema.get("minLength", 1), 12)
            )
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
    return None


def request_for(method: str, path: str, op: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of an httpx request for the operation; every id is one that nobody has."""
    headers: dict[str, str] = {}
    params: dict[str, Any] = {}
    for p in op.get("parameters", []):
        example = sample(p["schema"], document)
        if p["in"] == "path":
            name = p["name"]
            path = path.replace("{" + name + "}", ANY_ID if p["schema"].get("format") == "uuid" else str(example))
        elif p["in"] == "query" and p.get("required"):
            params[p["name"]] = example
        elif p["in"] == "header" and p["name"].lower() == "if-match":
            headers["If-Match"] = "1"
    made: dict[str, Any] = {"method": method, "url": path, "headers": headers, "params": params}
    content = op.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        made["json"] = sample(content["application/json"]["schema"], document, top=True)
    elif "multipart/form-data" in content:
        schema = resolve(content["multipart/form-data"]["schema"], document)
        made["files"] = {}
        made["data"] = {}
        for name in schema.get("required", []):
            inner = resolve(schema["properties"][name], document)
            if "contentMediaType" in inner or inner.get("format") == "binary" or inner.get("type") == "array":
                made["files"][name] = ("codes.csv", b"code,title\nA00,Cholera\n", "text/csv")
            else:
                made["data"][name] = sample(inner, document)
    elif content:
        made["content"] = b"a,b\n1,2\n"
        headers["Content-Type"] = next(iter(content))
    return made

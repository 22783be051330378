"""What every drawing of the portal keeps to, map or chart."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg, prefix):
    """The drawing as XML, after the rules that page and PDF both depend on."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.get("role") == "img"
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name.startswith(f"{prefix}-") for name in ids)
    assert root.get("aria-labelledby").split() == [f"{prefix}-title", f"{prefix}-desc"]
    for element in root.iter():
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}image", f"{SVG}foreignObject"}
        assert not {"style", "class"} & set(element.attrib)
        assert not any(name.startswith("on") for name in element.attrib)
        assert "currentColor" not in element.attrib.values()
    assert "UNDEFINED" not in svg
    assert not re.search(r"[\" ,]nan[\" ,]", svg)
    return root


def words(root):
    """Every text on the drawing and every tool tip, but not its title."""
    tips = [element for element in root.iter(f"{SVG}title") if element not in list(root)]
    return [element.text or "" for element in [*root.iter(f"{SVG}text"), *tips]]

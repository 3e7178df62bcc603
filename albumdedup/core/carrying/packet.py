"""Values → an XMP sidecar, as other programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from albumdedup.core.metadata.values import Values

_HEAD = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Album Deduplicator">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:exif="http://ns.adobe.com/exif/1.0/"
    xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
    xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""""
_TAIL = """  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def packet(values: Values) -> bytes:
    """UTF-8; the same values give the same bytes."""
    attributes = []
    if values.latitude is not None and values.longitude is not None:
        attributes.append(("exif:GPSLatitude", _degrees(values.latitude, "NS")))
        attributes.append(("exif:GPSLongitude", _degrees(values.longitude, "EW")))
    if values.rating is not None:
        attributes.append(("xmp:Rating", str(values.rating)))
    for name, text in (("photoshop:City", values.city), ("Iptc4xmpCore:Location", values.location)):
        if text:
            attributes.append((name, _plain(text)))
    head = _HEAD + "".join(f"\n    {name}={_quoted(text)}" for name, text in attributes) + ">\n"
    body = [
        _alternative("dc:title", values.title),
        _alternative("dc:description", values.caption),
        _bag("dc:subject", values.keywords),
        _bag("Iptc4xmpExt:PersonInImage", values.people),
    ]
    return (head + "".join(body) + _TAIL).encode("utf-8")


def _degrees(value: float, letters: str) -> str:
    """ "48,30.008333N": degrees, minutes with their fraction, half of the globe."""
    micro_minutes = round(abs(value) * 60 * 10**6)
    degrees, rest = divmod(micro_minutes, 60 * 10**6)
    return f"{degrees},{rest / 10**6:.6f}{letters[value < 0]}"


def _alternative(name: str, text: str | None) -> str:
    if not text:
        return ""
    entry = f'<rdf:li xml:lang="x-default">{escape(_plain(text), quote=False)}</rdf:li>'
    return f"   <{name}><rdf:Alt>{entry}</rdf:Alt></{name}>\n"


def _bag(name: str, texts: Sequence[str]) -> str:
    if not texts:
        return ""
    entries = "".join(f"<rdf:li>{escape(_plain(text), quote=False)}</rdf:li>" for text in texts)
    return f"   <{name}><rdf:Bag>{entries}</rdf:Bag></{name}>\n"


def _plain(text: str) -> str:
    """Without what XML cannot hold."""
    kept = (c for c in text if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff"
                                                   and c not in "\ufffe\uffff"))  # fmt: skip
    return "".join(kept)


def _quoted(text: str) -> str:
    """As the value of an attribute, where a line break would be read as a blank."""
    kept = {ord(c): f"&#{ord(c)};" for c in "\t\n\r"}
    return f'"{escape(text).translate(kept)}"'

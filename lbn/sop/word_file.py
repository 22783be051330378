"""A procedure as a Word file: real headings, numbered by Word itself, so that an agency can take it into its own manual."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Inches, Pt, RGBColor

from .document import document_of, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lbn.models import SopVersion

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Calibri"
INK, MUTED, BRAND, RED = (RGBColor.from_string(code) for code in ("1B1B1B", "565C65", "222FBE", "B50909"))
# XML has no such characters, and Word would not open the file.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TOC = r'TOC \o "1-1" \n \h \z'


def file_name(version: SopVersion) -> str:
    """What the file is called on the person's disk."""
    return f"{slugify(name_of(version))[:100]}.docx"


def as_docx(version: SopVersion, *, today: dt.date) -> bytes:
    """The file. A draft says so on every page."""
    words = document_of(version, today=today)
    file = Document()
    _properties(file, words)
    _styles(file)
    _page(file, words)
    file.add_paragraph(_clean(words["owner"]), style="Subtitle")
    file.add_paragraph(f"{words['title']}: {words['kind'].lower()}", style="Title")
    file.add_paragraph(_stand(words), style="Standing")
    if words["notice"]:
        _unnumbered(file, words["notice"]["title"])
        _blocks(file, words["notice"]["blocks"], style="Notice")
    _unnumbered(file, "Contents")
    _contents(file, words["sections"])
    for n, section in enumerate(words["sections"], start=1):
        heading = file.add_heading(_clean(section["title"]), level=1)
        if n == 1:
            heading.paragraph_format.page_break_before = True
        _bookmark(heading, n)
        _blocks(file, section["blocks"])
    if words["versions"]:
        _unnumbered(file, "Versions")
        _versions(file, words["versions"])
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _stand(words: dict[str, Any]) -> str:
    """Which version it is and how it stands, in a sentence."""
    if words["is_draft"]:
        return f"Version {words['number']}. Draft: not approved, not in force."
    return _clean(
        f"Version {words['number']}. Approved by: {words['approved_role']}. In force from: {words['in_force_from']}."
        + (" A later version has taken its place." if words["standing"] == "Replaced" else "")
    )


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


# ------------------------------------------------------------------ the file
def _properties(file: Any, words: dict[str, Any]) -> None:
    properties = file.core_properties
    properties.title = _clean(f"{words['owner']}: {words['title'].lower()}, {words['kind'].lower()}")[:255]
    properties.author = _clean(words["owner"])[:255]
    properties.subject = _stand(words)[:255]
    properties.language = "en-US"
    properties.version = str(words["number"])
    properties.comments = properties.keywords = ""
    properties.last_modified_by = "PHAST portal"
    properties.created = properties.modified = dt.datetime.now(dt.UTC).replace(tzinfo=None)


def _styles(file: Any) -> None:
    defaults = file.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = defaults.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        defaults.append(language)
    language.set(qn("w:val"), "en-US")

    _look(file.styles["Normal"], 11, INK, after=6, line=1.25)
    _look(file.styles["Title"], 24, INK, bold=True, after=6)
    for border in file.styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        border.getparent().remove(border)
    _look(file.styles["Subtitle"], 12, BRAND, bold=True, after=2)
    file.styles["Subtitle"].font.italic = False
    _look(file.styles["Heading 1"], 14, INK, bold=True, before=18, after=4)
    _look(file.styles["List Bullet"], 11, INK, after=6)
    _look(file.styles["Header"], 9, MUTED)
    _look(file.styles["Footer"], 9, MUTED)
    standing = file.styles.add_style("Standing", WD_STYLE_TYPE.PARAGRAPH)
    standing.base_style = file.styles["Normal"]
    _look(standing, 11, MUTED, after=12)
    contents = file.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    contents.base_style = file.styles["Normal"]
    _look(contents, 11, INK, after=2)
    notice = file.styles.add_style("Notice", WD_STYLE_TYPE.PARAGRAPH)
    notice.base_style = file.styles["Normal"]
    _look(notice, 11, INK, after=6)
    side = '<w:{} w:val="single" w:sz="8" w:space="8" w:color="3E4DED"/>'
    borders = "".join(side.format(name) for name in ("top", "left", "bottom", "right"))
    properties = notice.element.get_or_add_pPr()
    properties.insert_element_before(parse_xml(f"<w:pBdr {nsdecls('w')}>{borders}</w:pBdr>"), "w:spacing", "w:ind")
    notice.paragraph_format.left_indent = notice.paragraph_format.right_indent = Inches(0.14)
    _number_headings(file)


def _look(
    style: Any, size: int, color: RGBColor, *, bold: bool = False, before: int = 0, after: int = 0, line: float = 0
) -> None:
    style.font.name, style.font.size, style.font.bold = FONT, Pt(size), bold
    style.font.color.rgb = color
    fonts = style.element.rPr.rFonts
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme's font would win over the named one
        fonts.attrib.pop(qn(f"w:{name}"), None)
    fonts.set(qn("w:hAnsi"), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    if line:
        style.paragraph_format.line_spacing = line


def _number_headings(file: Any) -> None:
    """Heading 1 carries a number that Word keeps up to date by itself."""
    numbering = file.part.numbering_part.element
    taken = [int(one.get(qn("w:abstractNumId"))) for one in numbering.findall(qn("w:abstractNum"))]
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{max(taken, default=0) + 1}">'
        '<w:multiLevelType w:val="multilevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
        '<w:pStyle w:val="Heading1"/><w:suff w:val="tab"/><w:lvlText w:val="%1."/><w:lvlJc w:val="left"/>'
        '<w:pPr><w:ind w:left="567" w:hanging="567"/></w:pPr></w:lvl></w:abstractNum>'
    )
    first = numbering.find(qn("w:num"))
    first.addprevious(abstract)
    number = numbering.add_num(int(abstract.get(qn("w:abstractNumId"))))
    properties = file.styles["Heading 1"].element.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = number.numId


def _page(file: Any, words: dict[str, Any]) -> None:
    page = file.sections[0]
    page.page_width, page.page_height = Inches(8.5), Inches(11)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Inches(1)
    head, foot = page.header.paragraphs[0], page.footer.paragraphs[0]
    if words["is_draft"]:
        run = head.add_run("Draft: not approved, not in force")
        run.bold, run.font.color.rgb = True, RED
        head.add_run()._r.append(_watermark("Draft"))
    else:
        head.add_run(_clean(f"{words['owner']}: {words['title'].lower()}"))
    foot.add_run(
        _clean(
            f"Version {words['number']}"
            + (f", in force from {words['in_force_from']}" if words["in_force_from"] else "")
        )
    )
    foot.add_run("\t\tPage ")
    _field(foot, "PAGE", "1")
    foot.add_run(" of ")
    _field(foot, "NUMPAGES", "1")


def _watermark(text: str) -> Any:
    """The word across the page, behind the text, as Word itself makes it."""
    names = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    place = (
        "position:absolute;margin-left:0;margin-top:0;width:400pt;height:150pt;rotation:315;z-index:-251658752;"
        "mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        "mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    return parse_xml(
        f"<w:pict {nsdecls('w')} {names}>"
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
        '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
        '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
        '<v:f eqn="if @0 @4 21600"/></v:formulas><v:path textpathok="t" o:connecttype="rect"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="draft-mark" type="#_x0000_t136" alt="{text}" style="{place}" fillcolor="#dfe1e2" stroked="f">'
        f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;{FONT}&quot;;font-size:1pt" string="{text}"/>'
        "</v:shape></w:pict>"
    )


# ------------------------------------------------------------------ its parts
def _unnumbered(file: Any, title: str) -> None:
    heading = file.add_heading(_clean(title), level=1)
    properties = heading._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = 0  # no number
    heading.paragraph_format.left_indent = heading.paragraph_format.first_line_indent = Inches(0)


def _blocks(file: Any, blocks: Sequence[Any], style: str = "Normal") -> None:
    for kind, lines in blocks:
        if kind == "list":
            for line in lines:
                _pieces(file.add_paragraph(style="List Bullet"), line)
            continue
        paragraph = file.add_paragraph(style=style)
        for n, line in enumerate(lines):
            if n:
                paragraph.add_run().add_break()
            _pieces(paragraph, line)


def _pieces(paragraph: Any, line: Sequence[Any]) -> None:
    for kind, text in line:
        run = paragraph.add_run(_clean(text))
        if kind == "gap":
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _contents(file: Any, sections: Sequence[dict[str, Any]]) -> None:
    """A table of contents that Word can bring up to date, filled already: each entry leads to its section."""
    for n, section in enumerate(sections, start=1):
        paragraph = file.add_paragraph(style="toc 1")
        if n == 1:
            _mark(paragraph, "begin")
            _instruction(paragraph, _TOC)
            _mark(paragraph, "separate")
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _anchor(n))
        run = paragraph.add_run(_clean(f"{n}. {section['title']}"))
        link.append(run._r)
        paragraph._p.append(link)
        if n == len(sections):
            _mark(paragraph, "end")


def _anchor(n: int) -> str:
    return f"_Toc{n:08}"


def _bookmark(heading: Any, n: int) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for one in (start, end):
        one.set(qn("w:id"), str(n))
    start.set(qn("w:name"), _anchor(n))
    heading._p.insert_element_before(start, "w:r")
    heading._p.append(end)


def _versions(file: Any, versions: Sequence[dict[str, Any]]) -> None:
    table = file.add_table(rows=1, cols=4, style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ("Version", "Approved by", "In force from", "What is new"), strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(
        OxmlElement("w:tblHeader")
    )  # read out with every cell, repeated on every page
    for one in versions:
        values = (str(one["number"]), one["role"], one["from"], one["why"])
        for cell, text in zip(table.add_row().cells, values, strict=True):
            cell.text = _clean(text)
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, (0.8, 2.0, 1.3, 2.4), strict=True):
            cell.width = Inches(width)
            cell.paragraphs[0].paragraph_format.space_before = cell.paragraphs[0].paragraph_format.space_after = Pt(3)


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    _mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _mark(paragraph, "separate")
    paragraph.add_run(shown)
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Any, text: str) -> None:
    words = OxmlElement("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {text} "
    paragraph.add_run()._r.append(words)

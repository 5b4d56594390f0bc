"""The typefaces of official papers: licensed ones where installed, open substitutes otherwise (domain.md §8)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

#: The open fonts that come with the portal, under the names that style sheets use; no other file is ever read.
BUNDLED = {
    "Portal Serif": Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf",
    "Portal Sans": Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf",
}


@dataclass(frozen=True)
class Typeface:
    """One typeface of the standard: its names when installed, and what stands in for it, the first one found."""

    variable: str
    name: str
    licensed: tuple[str, ...]
    substitutes: tuple[str, ...]
    substitute_name: str


TITLE = Typeface(
    "title",
    "方正小标宋",
    ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "FZXiaoBiaoSong-B05"),
    ("Noto Serif CJK SC", "Noto Serif SC", "Portal Serif"),
    "思源宋体",
)
TYPEFACES = (
    TITLE,
    Typeface("body", "仿宋_GB2312", ("仿宋_GB2312", "FangSong_GB2312"), ("Portal Serif",), "思源宋体"),
    Typeface("kai", "楷体_GB2312", ("楷体_GB2312", "KaiTi_GB2312"), ("Portal Serif",), "思源宋体"),
    Typeface("hei", "黑体", ("SimHei", "黑体"), ("Noto Sans CJK SC", "Noto Sans SC", "Portal Sans"), "思源黑体"),
)


@dataclass(frozen=True)
class FontSet:
    """What papers are printed with on this machine."""

    stylesheet: str
    #: 方正小标宋以思源宋体代替 …; empty when every licensed typeface is installed.
    note: str
    #: Whether titles have no bold face; their largest line is then drawn with an outline (`briefing_paper.html`).
    title_is_light: bool


@cache
def installed_families() -> frozenset[str]:
    """Names of all font families that fontconfig knows; asked once per process."""
    command = shutil.which("fc-list")
    if command is None:
        return frozenset()
    listed = subprocess.run([command, "--format", "%{family}\n"], capture_output=True, text=True, check=True)  # noqa: S603
    return frozenset(name.strip() for line in listed.stdout.splitlines() for name in line.split(","))


def font_set(installed: Iterable[str]) -> FontSet:
    """The style sheet that names the typefaces as `var(--title)` etc., and the note on substitutes."""
    known, rules, notes = set(installed), [], []
    for face in TYPEFACES:
        families = [name for name in (*face.licensed, *face.substitutes) if name in known or name in BUNDLED]
        rules.append(f"--{face.variable}: " + ", ".join(f'"{name}"' for name in families) + ";")
        if not known & set(face.licensed):
            notes.append(f"{face.name}以{face.substitute_name}代替")
    sources = "\n".join(
        f'@font-face {{ font-family: "{name}"; src: url("font:{number}"); }}' for number, name in enumerate(BUNDLED)
    )
    title_is_light = not known & {name for name in (*TITLE.licensed, *TITLE.substitutes) if name not in BUNDLED}
    return FontSet(f"{sources}\nhtml {{ {' '.join(rules)} }}\n", "、".join(notes), title_is_light)


def font_file(url: str) -> Path | None:
    """The bundled file behind `font:<number>`, the only address under which style sheets may name one."""
    files = {f"font:{number}": path for number, path in enumerate(BUNDLED.values())}
    return files.get(url)

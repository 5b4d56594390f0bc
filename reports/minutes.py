"""What the minutes (会议纪要) of a held meeting say, the same for page, PDF and Word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.timezone import localtime

from alliances.models import Meeting, MeetingSeat, MeetingTopic, Resolution, ResolutionReport
from alliances.selectors.meetings import seat_list
from alliances.selectors.resolutions import resolutions_of, with_reports

NUMERALS = "一二三四"
Seat = MeetingSeat.State


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class MinutesText:
    """The whole paper in order."""

    alliance: str
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def numbered(self) -> list[tuple[str, Section]]:
        """Sections with their numerals: 一、议程."""
        return list(zip(NUMERALS, self.sections, strict=False))


def minutes_text(meeting: Meeting) -> MinutesText:
    """Put together what was recorded; sections without contents are left out."""
    agenda = meeting.topics.filter(state=MeetingTopic.State.ACCEPTED).order_by("position")
    heard = [_heard(each, report) for each, report in with_reports(meeting) if report]
    record = [line.strip() for line in meeting.record.splitlines() if line.strip()]
    sections = (
        Section("会议议程", _numbered(topic.title for topic in agenda)),
        Section("上次决议办理情况", _numbered(heard)),
        Section("会议情况", tuple(record)),
        Section("议定事项", _numbered(_decided(each) for each in resolutions_of(meeting))),
    )
    at = localtime(meeting.starts_at)
    facts = [("时间", f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"), ("地点", meeting.place), *_attendance(meeting)]
    return MinutesText(
        alliance=meeting.body.alliance.name,
        title=meeting.title,
        facts=tuple((label, words) for label, words in facts if words),
        sections=tuple(section for section in sections if section.paragraphs),
    )


def _numbered(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _attendance(meeting: Meeting) -> list[tuple[str, str]]:
    seats = seat_list(meeting)

    def named(*states: str) -> str:
        return "、".join(
            f"{seat}（{seat.person}）" if seat.person else str(seat) for seat in seats if seat.state in states
        )

    proxies = "、".join(f"{seat}委托{seat.proxy}" for seat in seats if seat.state == Seat.PROXY)
    return [
        ("到会", named(Seat.PRESENT)),
        ("委托", proxies),
        ("请假", named(Seat.EXCUSED)),
        ("缺席", named(Seat.ABSENT)),
    ]


def _heard(resolution: Resolution, report: ResolutionReport) -> str:
    done = "已完成" if report.is_done else "未完成"
    return f"{_sentence(resolution.text)}（{resolution.owner}）{done}：{_sentence(report.note)}"


def _decided(resolution: Resolution) -> str:
    votes = f"同意 {resolution.in_favour} 票，反对 {resolution.against} 票，弃权 {resolution.abstained} 票"
    text = _sentence(resolution.text)
    if resolution.state == Resolution.State.REJECTED:
        return f"{text}（{votes}，未通过）"
    due = resolution.due_on
    return f"{text}由{resolution.owner}办理，{due.year}年{due.month}月{due.day}日前完成。（{votes}，通过）"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text[-1:] in "。！？；" else f"{text}。"

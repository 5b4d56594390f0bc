"""Handover packs as the turn opens them: one for each change of unit, once, however late it runs."""

from __future__ import annotations

from datetime import date

from alliances.handover import digest, due_on, light
from alliances.models import Alliance, Handover, Membership
from alliances.selectors.handovers import content_now, with_parties
from alliances.services import rotation_turn
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.working_days import STATUTORY
from tests import factories

from .test_turns import at, leader, rotating


def packs(alliance: Alliance) -> list[tuple[str, str, date]]:
    rows = with_parties(Handover.objects.filter(alliance=alliance)).order_by("incoming__starts_on")
    return [(row.outgoing.organisation.name[0], row.incoming.organisation.name[0], row.due_on) for row in rows]


def test_the_turn_opens_a_pack_and_tells_both_units_and_the_secretary(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance, login="secretary")
    giver, taker = leader("甲"), leader("乙")
    rotation_turn(at=at(2026, 1, 1))
    assert packs(alliance) == []
    assert rotation_turn(at=at(2026, 4, 1)).notices == 3
    # 清明 is a holiday; the following Saturday and Sunday are free.
    assert packs(alliance) == [("甲", "乙", date(2026, 4, 9))]
    notice = Notice.objects.get(recipient=giver, key__endswith=":open")
    assert notice.body.startswith("2026年4月1日起由乙支部轮值。请甲支部补充交接清单并签字")
    assert Notice.objects.filter(recipient=taker, key=notice.key).exists()
    assert rotation_turn(at=at(2026, 4, 1)).notices == 0
    assert len(packs(alliance)) == 1


def test_a_run_three_quarters_late_opens_each_pack_once(scope: Tenant) -> None:
    alliance = rotating("甲", "乙", "丙")
    rotation_turn(at=at(2026, 1, 1))
    rotation_turn(at=at(2026, 10, 1))
    assert [pair[:2] for pair in packs(alliance)] == [("甲", "乙"), ("乙", "丙"), ("丙", "甲")]
    rotation_turn(at=at(2026, 10, 1, 1))
    assert len(packs(alliance)) == 3


def test_an_exit_in_mid_quarter_is_a_handover_too(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    Membership.objects.filter(enterprise__name="甲公司").update(left_on=date(2026, 2, 9))
    rotation_turn(at=at(2026, 2, 9))
    assert [pair[:2] for pair in packs(alliance)] == [("甲", "乙")]


def test_whoever_goes_on_hands_nothing_over(scope: Tenant) -> None:
    alliance = rotating("甲")
    for month in (1, 4, 7):
        rotation_turn(at=at(2026, month, 1))
    assert packs(alliance) == []


def test_turns_that_were_over_when_a_rotation_was_laid_out_were_handed_over_on_paper(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 10, 1))
    assert packs(alliance) == []
    rotation_turn(at=at(2027, 1, 1))
    assert [pair[:2] for pair in packs(alliance)] == [("乙", "甲")]


def test_a_pack_lists_what_is_handed_over(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    member = alliance.members.get(name="甲公司")
    rotation_turn(at=at(2026, 1, 1))
    factories.activity(alliance, member, topic="首季例会", held_on=date(2026, 3, 5))
    factories.activity(alliance, member, topic="去年的事", held_on=date(2025, 12, 5))
    factories.activity(alliance, member, topic="五一座谈", held_on=date(2026, 4, 28), state="planned")
    handed = factories.demand(member, alliance=alliance, raised_on=date(2026, 2, 2), due_on=date(2026, 3, 2))
    factories.demand(member, alliance=alliance, raised_on=date(2026, 4, 2))
    solved = date(2026, 3, 20)
    factories.demand(member, alliance=alliance, raised_on=date(2026, 3, 2), closed_on=solved, state="closed")
    rotation_turn(at=at(2026, 4, 1))
    pack = with_parties(Handover.objects.all()).get()
    content = content_now(pack, today=date(2026, 4, 3))
    parts = {part["title"]: [row["cells"] for row in part["rows"]] for part in content["parts"]}
    assert [cells[0] for cells in parts["活动台账"]] == ["首季例会", "五一座谈"]
    assert [(cells[0], cells[-1]) for cells in parts["移交的诉求"]] == [(handed.number, "超期 32 天")]
    facts = dict(content["facts"])
    assert facts["移交人"] == "甲书记"
    assert "收到诉求 2 件，办结 1 件，移交时未办结 1 件（红灯 1 件）。" in facts["本期情况"]
    assert "开展活动 1 场，已计划待开展 1 场。" in facts["本期情况"]


def test_a_pack_lists_the_resolutions_of_the_term_and_what_is_still_to_be_done(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    body = factories.meeting_body(alliance)
    earlier, held, planned = (
        factories.meeting(body, title=title, starts_at=starts_at, state=state, called_at=starts_at)
        for title, starts_at, state in (
            ("四季度例会", at(2025, 12, 20, 9), "held"),
            ("一季度例会", at(2026, 2, 20, 9), "held"),
            ("二季度例会", at(2026, 5, 20, 9), "planned"),
        )
    )
    done = {"state": "done", "done_on": date(2026, 3, 1), "due_on": date(2026, 3, 20)}
    factories.resolution(earlier, "早已办完", **done)
    factories.resolution(earlier, "还在办理", due_on=date(2026, 3, 25))
    factories.resolution(held, "本季度办完", **done)
    factories.resolution(held, "没有通过", state="rejected")
    factories.resolution(planned, "还没有开会")
    rotation_turn(at=at(2026, 4, 1))
    content = content_now(with_parties(Handover.objects.all()).get(), today=date(2026, 4, 1))
    [part] = [part for part in content["parts"] if part["key"] == "resolutions"]
    assert [(row["cells"][0], row["cells"][-1], row["colour"]) for row in part["rows"]] == [
        ("本季度办完", "按期完成", "done"),
        ("还在办理", "超期 7 天", "red"),
    ]
    assert "会议决议 2 项，其中待办 1 项。" in dict(content["facts"])["本期情况"]


def test_an_older_pack_knows_the_secretary_who_led_last(scope: Tenant) -> None:
    alliance = rotating("甲", "乙")
    rotation_turn(at=at(2026, 1, 1))
    organisation = alliance.terms.get().organisation
    organisation.secretary = "钱进"
    organisation.save()
    rotation_turn(at=at(2026, 2, 1))
    rotation_turn(at=at(2026, 4, 1))
    pack = with_parties(Handover.objects.all()).get()
    assert dict(content_now(pack, today=date(2026, 4, 1))["facts"])["移交人"] == "钱进"


def test_the_light_of_a_pack() -> None:
    due = due_on(date(2026, 7, 1), STATUTORY)
    assert due == date(2026, 7, 8)

    def words(today: date, completed: date | None = None) -> tuple[str, str]:
        found = light(due_on=due, completed_on=completed, today=today, calendar=STATUTORY)
        return found.colour, found.words

    assert words(date(2026, 7, 1)) == ("green", "还剩 5 个工作日")
    assert words(date(2026, 7, 6)) == ("amber", "还剩 2 个工作日")
    assert words(due) == ("amber", "今天到期")
    assert words(date(2026, 7, 9)) == ("red", "超期 1 天")
    assert words(date(2026, 7, 20), due) == ("done", "按期完成")
    assert words(date(2026, 7, 20), date(2026, 7, 10)) == ("done", "超期 2 天完成")


def test_the_digest_depends_on_nothing_but_the_content() -> None:
    one = {"facts": [["联盟", "甲"]], "parts": [], "texts": []}
    assert digest(one) == digest(dict(reversed(one.items())))
    assert digest(one) != digest(one | {"texts": [["工作建议", ""]]})

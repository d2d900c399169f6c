from __future__ import annotations
import pytest
from tests.journeys.people import sign_in
from tests.pages.town import moment, row
from minsheng.people import actions as people
from minsheng.people.models import Staff
from minsheng.orders import tasks

TEXTS = [
    "澄江街道人民中路人行道破损严重，雨天积水，老人经过时摔倒，请尽快维修",
    "小区物业擅自上调停车费，未经业主大会表决",
    "咨询灵活就业人员社保补贴的申请条件和所需材料",
    "工地夜间十一点后仍在施工，噪音扰民",
    "南闸街道路灯连续三天不亮，居民夜间出行不便",
    "反映某餐饮店油烟直排，影响楼上住户开窗通风",
    "公交36路末班车提前收班，请核实并恢复原时刻",
    "建议在实验小学门口增设护学岗和减速带",
    "自来水压力不足，高层住户早晚高峰用水困难",
    "咨询二手房交易契税缴纳比例和办理窗口",
    "小区电梯频繁故障，维保单位未及时维修",
    "占道经营影响通行，多次反映未解决",
]


def test_shots(chromium, live_server, town):
    names = {
        "seat": "王晓燕",
        "dispatcher": "李建国",
        "auditor": "陈静",
        "supervisor": "赵卫东",
        "officer@城管局": "周敏",
        "leader@城管局": "吴志强",
        "callback_agent": "孙丽",
        "designated_officer": "何平",
    }
    for key, name in names.items():
        Staff.objects.filter(pk=town.staff[key]).update(display_name=name)
    town.at(moment("2026-09-15T09:10:00"))
    main = None
    for place, words in enumerate(TEXTS):
        town.later(minutes=17)
        kind = "consult" if "咨询" in words else "suggest" if "建议" in words else "complaint" if place % 3 else "help"
        order = town.register(
            content=words, type=kind, channel=["phone", "web", "wechat", "grid"][place % 4], place="澄江街道"
        )
        if place in (0, 1, 3, 4, 5, 8, 10, 11):
            town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单第12项：市政设施维护")
        if place in (0, 1, 4, 5, 8):
            town.later(minutes=30)
            town.act(order, "officer@城管局", "sign")
        if place == 0:
            main = order
        if place == 11:
            town.act(order, "seat" if False else "office", "urge", text="请抓紧")
        if place == 5:
            town.act(order, "supervisor", "supervise", category="K2", ground="油烟问题多次反映，推诿")
    who = people.keep_appellant(
        city=town.code, kind="citizen", name="张三丰", phone="13812345678", address="江阴市澄江街道1号", now=town.now
    )
    from minsheng.appeals.models import Appeal

    Appeal.objects.filter(id=main).update(appellant=who)
    town.at(moment("2026-09-17T10:00:00"))
    from tests.actions import playing

    playing.fire_until(town.now)
    town.act(main, "leader@城管局", "approve_reply")
    town.act(
        main,
        "officer@城管局",
        "reply",
        text="经现场核查，人行道破损面积约12平方米，已安排施工队于9月16日修复，并加装警示标志。",
        channel="phone",
        kind="final",
    )
    town.later(hours=1)
    town.act(main, "auditor", "reject_audit", defect="vague", comment="请说明积水点的处理情况和完成时间。")
    town.later(minutes=45)
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    seat = sign_in(chromium, live_server.url, town, "seat")
    disp = sign_in(chromium, live_server.url, town, "dispatcher")
    sup = sign_in(chromium, live_server.url, town, "supervisor")

    def shot(visitor, path, name, do=None):
        for label, size in (("wide", {"width": 1366, "height": 768}), ("small", {"width": 390, "height": 844})):
            visitor.page.set_viewport_size(size)
            visitor.open(path)
            if do:
                do(visitor)
            overflow = visitor.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            print(name, label, "overflow", overflow)
            visitor.page.screenshot(path=f"/tmp/shots/{name}-{label}.png", full_page=True)

    shot(officer, "/", "queue")
    shot(disp, "/?tab=everything", "everything")
    shot(officer, f"/orders/{main}/", "order", lambda v: v.page.locator("details.deadline summary").first.click())
    shot(officer, f"/orders/{main}/do/reply/", "reply")
    shot(disp, "/", "dispatchqueue")
    waiting = [
        each
        for each in __import__("minsheng.orders.models", fromlist=["Order"]).Order.objects.filter(status="SUBMITTED")
    ][0].id
    shot(disp, f"/orders/{waiting}/do/dispatch/", "dispatch")
    shot(disp, f"/orders/{waiting}/do/dispatch/", "error", lambda v: (v.fill(unit="城管局"), v.press("交办")))
    shot(seat, "/orders/new", "new", lambda v: v.page.locator("details.card > summary").last.click())
    shot(seat, "/find", "find")
    shot(sup, f"/orders/{main}/", "order-sup")
    shot(officer, "/contacts", "contacts")
    import shutil

    officer.page.set_viewport_size({"width": 1366, "height": 768})
    officer.open("/")
    officer.page.screenshot(path="/work/main/docs/pictures/queue.png")
    officer.page.set_viewport_size({"width": 1366, "height": 900})
    officer.open(f"/orders/{main}/")
    officer.page.locator("details.deadline summary").first.click()
    officer.page.screenshot(path="/work/main/docs/pictures/order.png")

"""What citizens of the demonstration say: topics with titles, words and answers, and invented names and places.

Every sentence is written for this project. Names, roads and estates are invented; telephone numbers have the form
1XX 0000 XXXX, which no operator gives out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of concern. `unit` is the key of who is responsible; `street` and `county` follow the place.

    `category`: the code of what it is about.
    """

    unit: str
    type: str
    title: str
    category: str
    words: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Said:
    """An appeal in words, with who says it."""

    topic: Topic
    title: str
    content: str
    place: str
    answer: str
    name: str
    phone: str


TOPICS: tuple[Topic, ...] = (
    Topic("urban", "complaint", "{road}夜间烧烤摊占道经营", "1101", (
        "每晚九点以后，{road}人行道摆满烧烤桌椅，行人只能走到机动车道上。油烟飘进{estate}的窗户，已经持续{days}天。",
        "{road}与菜场之间的人行道被流动烧烤摊占用，凌晨一点还有人喝酒喧哗。希望安排夜间巡查。"),
        "执法队员连续三晚在{road}巡查，劝离流动摊点六处，并与摊主约定进入疏导点经营。"),
    Topic("urban", "complaint", "{estate}门口垃圾桶满溢", "1201", (
        "{estate}北门的四个垃圾桶从周末起没有清运，污水流到路面，气味很重。",
        "{estate}的厨余垃圾两天没人收，老鼠都出来了。请尽快清运并冲洗地面。"),
        "已增加{estate}每日清运一次，并冲洗地面；另加装两个分类桶。"),
    Topic("urban", "complaint", "{road}共享单车堆放堵塞盲道", "1102", (
        "{road}公交站旁堆了上百辆共享单车，盲道完全走不通，轮椅也过不去。",),
        "已约谈运营企业，清走车辆一百二十辆，在{road}划定停放区。"),
    Topic("urban", "help", "{road}窨井盖松动", "1302", (
        "{road}{number}号门前的窨井盖松动，汽车经过时声音很响，夜里无法入睡，也担心有人踩空。",
        "{road}路口的井盖翘起一角，今天已有电动车摔倒。"),
        "抢修人员已更换{road}破损井盖并加装防坠网。"),
    Topic("urban", "suggest", "建议{road}口袋公园增设座椅和照明", "1403", (
        "{road}的口袋公园很受老人欢迎，但只有两张长椅，晚上没有灯。建议增加座椅和庭院灯。",),
        "已列入下季度改造计划，增设座椅八张、庭院灯六盏。"),
    Topic("housing", "complaint", "{estate}物业多次停梯不通知", "3102", (
        "{estate}{number}号楼电梯一个月停了{days}次，物业从不提前通知。楼里住着坐轮椅的老人。",
        "{estate}电梯运行时有异响，昨天停在半层二十分钟。物业只说在等配件。"),
        "已责令物业公司两日内完成维修，并公示维保记录和停梯通知办法。"),
    Topic("housing", "complaint", "{estate}屋顶渗水维修基金申请受阻", "3103", (
        "{estate}{number}号楼顶层渗水三年，业主签字已过三分之二，物业迟迟不提交维修资金申请。",),
        "已指导物业备齐材料，维修资金申请受理，预计二十个工作日内开工。"),
    Topic("housing", "complaint", "{road}工地扬尘和夜间施工", "5101", (
        "{road}{number}号工地渣土车不冲洗，路面全是泥；凌晨两点还在浇筑，孩子无法休息。",
        "{estate}对面工地连续{days}晚施工到凌晨，没有看到夜间施工许可公示。"),
        "已责令工地加装冲洗设备，夜间施工须持许可并提前公示；对违规一次立案处理。"),
    Topic("housing", "consult", "咨询公租房申请条件", "3204", (
        "外地户籍，在本市工作满{days}个月，想了解公租房的收入线和材料清单。",),
        "在本市连续缴纳社会保险满一年、家庭人均收入低于公布标准的可以申请，材料清单见政务服务网。"),
    Topic("housing", "complaint", "{estate}物业擅自提高停车费", "3101", (
        "{estate}物业本月起停车费从每月二百元涨到三百五十元，没有征求业主意见，也没有公示。",),
        "已约谈物业公司，在完成业主表决前恢复原收费标准，多收部分退还。"),
    Topic("transport", "complaint", "{route}路公交晚点严重", "2201", (
        "早高峰在{road}站等{route}路公交，站牌显示八分钟，实际等了{days}分钟，来了两辆一起。",
        "{route}路末班车上周两次没有在{road}站停靠，招手也不停。"),
        "已调整{route}路高峰发车间隔为七分钟，并对不停站的驾驶员教育考核。"),
    Topic("transport", "help", "{road}道路坑洼请求修补", "1301", (
        "{road}{number}号附近路面有十几个坑，下雨积水看不清深浅，骑车很危险。",),
        "已完成{road}坑槽修补二十六处，月底前铺设沥青面层。"),
    Topic("transport", "suggest", "建议{road}路口增设左转待行区", "2101", (
        "{road}路口早晚高峰左转要等三个灯，建议增设待行区或延长左转绿灯。",),
        "已会同交警完成流量调查，左转绿灯延长八秒，待行区列入标线更新计划。"),
    Topic("transport", "complaint", "出租车拒载和绕路", "2202", (
        "昨晚在{road}打车，司机听说去{estate}就说交班；第二辆绕行了{days}公里。有付款记录。",),
        "经核查计价轨迹，绕行属实，已责令退还多收车费并记入信用考核。"),
    Topic("water", "complaint", "{road}河道发黑有异味", "5203", (
        "{road}桥下的河水发黑，水面有油花，天热时气味进到{estate}里。",
        "{estate}旁的河道一周来漂着死鱼，疑似有人夜里偷排。"),
        "已打捞清理并溯源，封堵混接排口一处，水质复测达标后继续每周监测。"),
    Topic("water", "help", "{estate}门前雨后积水", "1304", (
        "{estate}东门每逢大雨积水没过脚踝，老人小孩出不了门。",),
        "已疏通雨水管四百米，清掏井二十座，雨季前再检查一次。"),
    Topic("power", "help", "{road}路灯连续几晚不亮", "1303", (
        "{road}从{number}号到路口的路灯已经{days}晚不亮，下夜班的人很害怕。",
        "{estate}门前的路灯时亮时灭，昨晚有人在台阶上摔倒。"),
        "已更换损坏电缆和灯头十一盏，当晚恢复照明。"),
    Topic("power", "consult", "咨询充电桩报装手续", "2104", (
        "想在{estate}自家车位装充电桩，物业不肯盖章，请问报装要哪些材料。",),
        "持车位证明、身份证明即可在线报装，物业应予配合现场勘查；已同时告知物业。"),
    Topic("tapwater", "help", "{estate}自来水发黄", "4101", (
        "{estate}{number}号楼从昨晚起自来水发黄，放了半小时也没有变清。",),
        "已冲洗管网并取样检测，余氯、浊度合格；二次供水水箱当日清洗完毕。"),
    Topic("tapwater", "help", "{estate}高层水压不足", "4101", (
        "{estate}{number}号楼高层晚上水压很低，热水器打不着火，已有{days}天。",),
        "已调高加压泵站夜间压力，并更换楼内一处损坏的减压阀。"),
    Topic("gas", "help", "{estate}燃气表无法充值", "4102", (
        "{estate}的燃气卡在两个网点都写不进卡，家里已经停气一天。",),
        "已上门更换读卡模块并恢复供气。"),
    Topic("bus", "suggest", "建议{route}路延伸到{estate}", "2201", (
        "{estate}住了三千多人，最近的公交站要走二十分钟，建议{route}路延伸一站。",),
        "已完成线路踏勘，拟于下季度延伸{route}路并增设{estate}站。"),
    Topic("education", "consult", "咨询随迁子女入学报名", "8101", (
        "孩子九月上一年级，父母在{road}租房，有居住证，请问报名时间和材料。",),
        "报名时间为每年五月，须居住证、社保、租赁备案证明。"),
    Topic("education", "consult", "咨询{estate}所属小学学区", "8101", (
        "想了解{estate}所属的小学学区，今年是否调整。",),
        "学区以当年公告为准，可在教育局网站按住址查询。"),
    Topic("education", "complaint", "校外培训机构拒不退费", "8102", (
        "在{road}一家舞蹈机构交了{number}00元，课没上完就关门，老师电话不接。",),
        "已联系机构负责人签订退费协议，剩余课时费用十日内退还。"),
    Topic("labor", "consult", "咨询社保转移接续", "7201", (
        "从外市调来工作，想知道养老保险怎样转移，之前的缴费年限是否合并。",),
        "可在线申请转移接续，两地缴费年限合并计算。"),
    Topic("labor", "consult", "咨询灵活就业社保缴费", "7201", (
        "灵活就业人员今年的缴费基数是多少，断缴两个月能不能补。",),
        "缴费基数在公布的上下限之间自选；断缴不能补缴，自恢复缴费之月起计算。"),
    Topic("labor", "complaint", "{road}工地拖欠工资", "7101", (
        "在{road}工地做木工{days}天，包工头只付了生活费，说等甲方结账。一共十二个人。",),
        "已核实欠薪事实，总包单位先行垫付，全部工资已发放到个人账户。"),
    Topic("health", "consult", "咨询儿童疫苗补种", "9102", (
        "孩子两岁，漏种了一针，请问{road}社区医院周末能不能补种。",),
        "可以补种，接种门诊周六上午开放，请带接种证。"),
    Topic("health", "complaint", "医院窗口排队时间长", "9101", (
        "周一上午在{road}的医院取药排了{days}分钟，四个窗口只开了两个。",),
        "医院已增开高峰窗口，并开通自助取药机两台。"),
    Topic("market", "complaint", "超市销售过期食品", "6201", (
        "在{road}的超市买到过期{days}天的牛奶，店员只愿意换货。有小票和照片。",),
        "已现场检查并下架问题商品，立案调查，依法赔付已到位。"),
    Topic("market", "complaint", "{estate}门口水果店缺斤少两", "6101", (
        "{estate}门口水果店缺斤少两，三斤的橙子回家称只有两斤四两。",),
        "已检定该店电子秤，责令更换不合格衡器，并向消费者赔付。"),
    Topic("market", "complaint", "健身房闭店预付卡难退", "6102", (
        "{road}健身房突然停业，年卡还剩{days}个月，负责人联系不上。",),
        "已组织调解，由同业门店承接会员权益，不愿转店的按剩余期限退款。"),
    Topic("police", "complaint", "{estate}犬只不牵绳", "A103", (
        "{estate}有人遛大型犬从不牵绳，昨天扑倒了一个孩子，请管一管。",),
        "社区民警已上门核查并依规处理，犬主写下保证，小区设置提示牌。"),
    Topic("police", "help", "{road}违停堵住消防通道", "D102", (
        "{road}{number}号旁的消防通道每晚停满车，救护车昨天开不进来。",),
        "已划设禁停标线、加装抓拍设备，每晚安排巡逻。"),
    Topic("civil", "consult", "咨询高龄津贴办理", "9202", (
        "父亲今年满八十周岁，住在{estate}，请问高龄津贴在哪里办、从哪个月发放。",),
        "凭身份证到户籍所在社区登记，自满周岁次月起发放。"),
    Topic("medical", "consult", "咨询异地就医备案", "7202", (
        "准备到外省照顾孙辈，慢性病需要定期配药，请问怎样备案、报销比例多少。",),
        "可在手机上自助备案，备案后按参保地政策直接结算。"),
    Topic("culture", "complaint", "{road}广场舞音响扰民", "5102", (
        "{road}广场每天早上六点开始放音响，隔着窗户都听得见，{estate}的上夜班居民没法睡。",
        "{estate}前的广场有三支舞队同时放音响，晚上九点半还不停，孩子写不了作业。"),
        "已与舞队约定七点半以后活动并改用定向音箱，现场测量噪声达标。"),
    Topic("culture", "complaint", "{road}酒吧深夜噪音扰民", "5102", (
        "{estate}楼下的酒吧低音炮开到凌晨，玻璃都在震，已经反映过{days}次。",),
        "已会同公安、生态环境部门夜间测量，责令酒吧加装隔音、零点后停止外放。"),
    Topic("land", "complaint", "{estate}顶楼违法搭建", "1104", (
        "{estate}{number}号楼顶楼在露台上加盖房屋，已经砌到一人高，楼下开始漏水。",),
        "已责令停工并限期自行拆除，复查已拆除完毕。"),
    Topic("farm", "help", "村口灌溉泵站损坏", "B103", (
        "{town}的灌溉泵站坏了{days}天，秧苗缺水，请派人抢修。",),
        "已调用备用机组当日通水，原机组大修后复位。"),
    Topic("disabled", "suggest", "建议{road}增设无障碍坡道", "9204", (
        "{road}银行门口只有台阶，坐轮椅办业务要请保安抬上去，建议加装坡道。",),
        "已与网点协调，坡道两周内完工，期间提供上门服务。"),
    Topic("union", "consult", "咨询户外劳动者驿站开放时间", "7302", (
        "我是外卖骑手，想知道{road}的驿站几点开门、能不能热饭。",),
        "驿站每日八点到二十一点开放，备有微波炉、饮水和充电设备。"),
    Topic("ecology", "complaint", "{road}企业夜间排放刺鼻气体", "5201", (
        "{road}{number}号的厂夜里十点以后有刺鼻气味，{estate}居民不敢开窗，已经{days}天。",),
        "执法人员夜间突击检查，企业废气设施未正常运行，已立案并责令整改。"),
    Topic("town0", "complaint", "{town}健身器材损坏无人维修", "8202", (
        "{town}文化广场的健身器材坏了三件，转轴露在外面，孩子容易受伤。",),
        "已联系厂家更换损坏部件，并逐件检查其余器材。"),
    Topic("town0", "suggest", "建议{town}老年活动室延长开放", "9202", (
        "{town}老年活动室门锁了{days}天，贴的通知没有写开放时间，建议每天开放到晚上八点。",),
        "活动室已恢复开放，时间延长到每日二十点，并在门口公示。"),
    Topic("street", "complaint", "{town}房屋出租群租扰民", "3203", (
        "{estate}{number}号楼一套房隔成八间，每天深夜进出，楼道堆满杂物。",),
        "已会同公安、住建上门，责令房东恢复原状，清理楼道杂物。"),
    Topic("street", "help", "{town}独居老人需要上门照看", "9202", (
        "{estate}有一位独居老人腿脚不便，子女在外地，请社区帮忙联系送餐和定期探望。",),
        "社区已登记为重点关爱对象，安排助餐到户和每周两次探望。"),
    Topic("county", "complaint", "{road}夜市油污污染路面", "1202", (
        "{road}夜市收摊后地面全是油污，早上骑车打滑，希望收摊后冲洗。",),
        "已与市场方约定每晚收摊冲洗，并纳入日常考核。"),
    Topic("platform", "complaint", "{town}修路半年没有完工", "2301", (
        "{town}到{estate}的路挖开半年，雨天泥泞，工程牌上的竣工日期已经过了{days}天。",),
        "因管线迁改延期，已调整工序，月底前恢复通车，现场增设便道和照明。"),
)  # fmt: skip

EMERGENCIES: tuple[Topic, ...] = (
    Topic("urban", "help", "{road}广告牌被风吹落", "1103", (
        "{road}{number}号楼顶广告牌一角脱落，悬在人行道上方，还在晃动，附近有学校。",),
        "已封闭人行道并拆除险情广告牌，无人员受伤，周边招牌全部排查。"),
    Topic("housing", "help", "{estate}围墙突然倒塌", "D101", (
        "{estate}西侧围墙刚刚倒塌约十米，压住两辆车，剩下的墙也在倾斜，不知道有没有人被压。",),
        "现场已清理，确认无人员伤亡，剩余墙体已加固并设置围挡。"),
    Topic("transport", "help", "{road}路面塌陷", "D202", (
        "{road}{number}号门前路面塌出直径三米的坑，还在扩大，有车险些掉进去。",),
        "已封路抢修，查明为管道渗漏掏空路基，管道修复后回填，恢复通行。"),
    Topic("tapwater", "help", "{road}主水管爆裂", "D202", (
        "{road}主水管爆裂，水柱有两层楼高，路面淹没，{estate}全部停水。",),
        "已关阀更换管段，当日恢复供水，受淹商户损失登记完毕。"),
)  # fmt: skip

# Complaints about people: they go the way of the internal referral (JY-12).
REFERRALS: tuple[Topic, ...] = (
    Topic("health", "report", "反映某办事窗口工作人员态度生硬", "C202", (
        "到窗口办事三次，每次说法不同，工作人员态度生硬，当众训斥老人。希望核实处理。",),
        "经调查情况部分属实，已对当事人批评教育并调整岗位。"),
    Topic("market", "report", "反映某科室人员拖延办理", "C201", (
        "材料交齐后两个月没有消息，负责的人总说在走流程，却暗示可以找熟人代办。",),
        "经核查存在超期办理，未发现其他问题，已通报批评并当日办结。"),
)  # fmt: skip

ROADS = "芦花路 听雨路 青梅巷 鹤鸣路 晴川路 槐荫街 望星路 采薇路 石桥弄 兰溪路 云帆大道 萤火街 春耕路 落霞路".split()  # noqa: SIM905
ESTATES = "梧桐苑 竹里人家 晚晴小区 荷塘新村 麦浪公寓 银杏里 白帆家园 山茶花园 枕溪小区 橘园新村".split()  # noqa: SIM905
ROUTES = ("103", "27", "518", "66", "9", "231")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "平安 晓月 建国 思远 秀兰 明辉 小雨 国强 雅琴 志成 春燕 文博 海棠 立夏 云飞 佳宁 永康 梅香 星宇 长河".split()  # noqa: SIM905
OPENINGS = {
    "consult": ("", "您好，", "想请问一下："),
    "emergency": ("", "紧急情况："),
    "": ("", "", "您好，", "我是附近居民，", "市民来电："),
}
CLOSINGS = {
    "consult": ("", "谢谢。", "盼复。"),
    "emergency": ("请马上派人来！", "情况很危险。"),
    "": ("", "请尽快处理并告知结果。", "盼复。", "希望有关部门现场看一看。", "可以电话联系我。"),
}


def say(topic: Topic, *, towns: tuple[str, ...], regions: tuple[str, ...], town: int, chance: random.Random) -> Said:
    """Return an appeal on the topic from an invented person at an invented place."""
    words = {
        "road": chance.choice(ROADS),
        "estate": chance.choice(ESTATES),
        "town": towns[town],
        "route": chance.choice(ROUTES),
        "number": str(chance.randint(2, 198)),
        "days": str(chance.randint(3, 26)),
    }
    tone = "emergency" if topic in EMERGENCIES else topic.type if topic.type in OPENINGS else ""
    content = "".join(
        (
            chance.choice(OPENINGS[tone]),
            chance.choice(topic.words).format(**words),
            chance.choice(CLOSINGS[tone]),
        )
    )
    phone = f"1{chance.choice('3589')}{chance.randint(0, 9)}0000{chance.randint(0, 9999):04d}"
    return Said(
        topic=topic,
        title=topic.title.format(**words),
        content=content,
        place=f"{regions[town // 2]}{words['town']}{words['road']}{words['number']}号",
        answer=topic.answer.format(**words),
        name=chance.choice(SURNAMES) + chance.choice(GIVEN),
        phone=phone,
    )

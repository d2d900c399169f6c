"""What the check of an answer found, and kinds of personal data, in words for the auditor."""

from __future__ import annotations

from minsheng.wording.language import Table

# By criterion; the words are those of the audit's defects.
CRITERIA = Table({"irregular": "规范", "vague": "具体", "incomplete": "完整"})

# By code of `domain.reply_checks`.
FINDINGS = Table(
    {
        "personal_data": "答复中有个人信息，请核对是否必要，公开前须隐去。",
        "no_contact": "没有写明联系人或联系电话，请补充以便诉求人进一步了解。",
        "no_basis": "没有写明依据的规定、文件或核查情况，请补充。",
        "empty_phrase": "这一处说法空泛，请写明具体做法。",
        "no_measure": "没有写明已采取或将采取的措施，请补充。",
        "no_date": "没有写明时间，请补充何时办理、何时完成。",
        "says_nothing": "除问候、收悉、转办外几乎没有内容，请写明办理情况。",
        "too_short": "答复不足 60 字，请核对是否完整。",
        "off_topic": "答复与诉求内容几乎没有相同的词，请核对是否答非所问。",
    }
)

# By kind of `domain.personal`.
PERSONAL = Table(
    {
        "phone": "手机号码",
        "landline": "固定电话",
        "id_number": "证件号码",
        "plate": "车牌号",
        "bank_card": "银行卡号",
        "email": "电子邮箱",
        "account": "微信或 QQ 号",
        "address": "门牌住址",
        "name": "姓名",
    }
)

"""Accounts of the hotline in WeChat, WeCom and Alipay: what people write there, and what they are told there."""

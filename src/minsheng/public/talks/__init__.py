"""Talks with people in accounts of WeChat, WeCom and Alipay: binding a telephone, filing, all else to its order."""

// A server of npm `wechat`, for one test: answers every message with its own words, hidden as it came; prints its address.
// Usage: node wechat.mjs TOKEN APPID ENCODING_AES_KEY
import { createServer } from "node:http";
import { createRequire } from "node:module";
const wechat = createRequire(import.meta.url)("wechat");

const [token, appid, encodingAESKey] = process.argv.slice(2);
const answer = wechat({ token, appid, encodingAESKey }, (req, res) => {
  res.reply(`${req.weixin.FromUserName}：${req.weixin.Content}`);
});
const server = createServer((req, res) => {
  req.query = Object.fromEntries(new URL(req.url, "http://x").searchParams);
  answer(req, res, () => res.end());
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));

// pa11y with Debian's Chromium over addresses that belong to one browser: prints what it has against each, as JSON.
// Usage: node look.mjs '{"addresses": [...], "cookies": "a=b; c=d", "chromium": "/usr/bin/chromium"}'
import pa11y from "pa11y";
import puppeteer from "puppeteer";

const { addresses, cookies, chromium } = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
  executablePath: chromium, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
const found = [];
const left = [...addresses];
const look = async () => {
  for (let address = left.shift(); address; address = left.shift()) {
    const { issues } = await pa11y(address, {
      standard: "WCAG2AA",
      runners: ["htmlcs"],
      headers: { Cookie: cookies },
      browser,
      timeout: 60000,
    });
    found.push(...issues.map(({ code, selector, message }) => `${address}: ${code} ${selector}: ${message}`));
  }
};
// Most of a look is waiting for the network to be quiet: several at once.
await Promise.all(Array.from({ length: 6 }, look));
await browser.close();
console.log(JSON.stringify(found));

// pa11y with Debian's Chromium over addresses that belong to one browser: prints what it has against each, as JSON.
// Usage: node look.mjs '{"addresses": [...], "cookies": "a=b; c=d", "chromium": "/usr/bin/chromium"}'
import pa11y from "pa11y";

const { addresses, cookies, chromium } = JSON.parse(process.argv[2]);
const chromeLaunchConfig = { executablePath: chromium, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] };
const found = [];
for (const address of addresses) {
  const { issues } = await pa11y(address, {
    standard: "WCAG2AA",
    runners: ["htmlcs"],
    headers: { Cookie: cookies },
    chromeLaunchConfig,
    timeout: 60000,
    wait: 300,
  });
  found.push(...issues.map(({ code, selector, message }) => `${address}: ${code} ${selector}: ${message}`));
}
console.log(JSON.stringify(found));

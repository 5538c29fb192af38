// A screenshot of a page: node scripts/shoot.mjs URL FILE.png [--width 1440] [--height 900] [--dark] [--wait CSS] [--keys "t r"] [--click CSS] [--full]
import { chromium } from "@playwright/test";

const [url, file, ...rest] = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = rest.indexOf(`--${name}`);
  return at < 0 ? otherwise : rest[at + 1];
};
const browser = await chromium.launch({
  executablePath: process.env.CLEW_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage({
  viewport: { width: Number(option("width", 1440)), height: Number(option("height", 900)) },
  colorScheme: rest.includes("--dark") ? "dark" : "light",
});
page.on("console", (message) => {
  if (message.type() === "error" || message.type() === "warning")
    console.log(`console ${message.type()}: ${message.text()} ${message.location().url}`);
});
page.on("pageerror", (error) => console.log(`page error: ${error.message}`));
await page.goto(url);
await page.waitForLoadState("load");
if (option("wait")) await page.waitForSelector(option("wait"), { timeout: 10_000 });
await page.waitForTimeout(Number(option("settle", 700)));
if (option("click")) await page.click(option("click"));
for (const key of (option("keys", "") || "").split(" ").filter(Boolean)) {
  await page.keyboard.press(key);
  await page.waitForTimeout(150);
}
await page.waitForTimeout(300);
await page.screenshot({ path: file, fullPage: rest.includes("--full") });
await browser.close();

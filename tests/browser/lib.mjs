// What the browser tests share: one server of ours on a free port, one Chromium of Debian's, and contexts
// for phone and desk, light and dark. Nothing is fetched from elsewhere.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const pincite = process.env.PINCITE || "build/pincite";
export const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
export const widths = { phone: 360, tablet: 768, desk: 1440 };

export function haveBrowser() {
  return existsSync(executablePath) && existsSync(pincite);
}

export function run(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(pincite, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "", err = "";
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => (err += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

// Builds `corpora` into a file of its own and serves it; stop() ends the server and waits for it.
export async function serve(corpora, { sources = [], args = [] } = {}) {
  const file = join(mkdtempSync(join(tmpdir(), "pincite-")), "site.pin");
  const built = await run("build", ...corpora, ...sources.flatMap((source) => ["--source", source]), "-o", file);
  if (built.code !== 0) throw new Error(`build failed: ${built.err}`);
  return { file, ...(await serveFile(file, args)) };
}

export function serveFile(file, args = []) {
  const child = spawn(pincite, ["serve", file, "--listen", "127.0.0.1:0", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const stop = () =>
    new Promise((resolve) => {
      child.on("exit", resolve);
      child.kill("SIGTERM");
    });
  return new Promise((resolve, reject) => {
    let said = "", errors = "";
    child.stderr.on("data", (data) => (errors += data));
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${errors}`)));
    child.stdout.on("data", (data) => {
      said += data;
      const url = /(http:\S+)/.exec(said);
      if (url) resolve({ url: url[1], child, stop, errors: () => errors });
    });
  });
}

export function launch() {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

export function context(browser, { width = widths.desk, dark = false, script = true, ...rest } = {}) {
  return browser.newContext({
    viewport: { width, height: width < 500 ? 740 : 900 },
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: script,
    ...rest,
  });
}

// Waits until the list below a search box shows what the last key asked for; every key before it has an answer too.
export const settled = (tab, box = ".ask") => tab.waitForSelector(`${box} .pop:not([hidden]) [role=listbox][aria-busy=false] [role=option]`);

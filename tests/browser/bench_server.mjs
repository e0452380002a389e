// The static server of the browser benchmark. It once read the whole file for each range: a search over 100,000 items
// asks for some 60 ranges of 64 MB, and the run never ended.
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serve } from "../../bench/web/server.mjs";

test("a range costs its own bytes, however long the file is", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "pincite-")), "long.bin"), size = 5 * 2 ** 30; // more than Node reads at once
  const fd = openSync(file, "w");
  writeSync(fd, "a part", 3 * 2 ** 30);
  closeSync(fd);
  truncateSync(file, size); // a hole: no disk is used
  const { url, wire, stop } = await serve(() => ({ file, counted: true }));
  for (const [from, to, text] of [[3 * 2 ** 30, 3 * 2 ** 30 + 5, "a part"], [3 * 2 ** 30 + 2, 3 * 2 ** 30 + 2, "p"], [size - 2, size + 9, "\0\0"]]) {
    const response = await fetch(url + "long.bin", { headers: { range: `bytes=${from}-${to}` } });
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("content-range"), `bytes ${from}-${from + text.length - 1}/${size}`);
    assert.equal(await response.text(), text);
  }
  assert.deepEqual(wire, { requests: 3, bytes: 9, delay: 0 });
  stop();
});

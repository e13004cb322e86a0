// `slabfuzz playground`: what it serves, to whom, and how it ends.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packagePath } from "../../src/base/package_file.ts";
import { readTextFile } from "../../src/base/whole_file.ts";
import { slabfuzz } from "../helper/command.ts";

describe("slabfuzz playground", () => {
  let child: ChildProcess;
  let address = "";

  beforeAll(async () => {
    execFileSync(process.execPath, [packagePath("bin/build.js"), "playground"]);
    const words = [packagePath("bin/slabfuzz.js"), "playground", "--port", "0"];
    child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(child.stdout!, "data");
    address = /http:\S+/.exec(String(line))?.[0] ?? "";
  });

  afterAll(() => child?.kill("SIGKILL"));

  it("serves the page on loopback, under its own policy", async () => {
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(address);
    expect(await response.text()).toBe(readTextFile(packagePath("dist/playground/index.html")));
    expect(response.headers.get("content-security-policy")).toBe("frame-ancestors 'none'");
  });

  it.each(["package.json", "../package.json", "%2e%2e/package.json"])(
    "serves nothing else, such as %s",
    async (path) => {
      expect((await fetch(`${address}${path}`)).status).toBe(404);
      expect((await fetch(address, { method: "POST" })).status).toBe(405);
    },
  );

  it("says in one sentence that a port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { code, error } = await slabfuzz("playground", "--port", `${port}`);
    server.close();
    expect(code).toBe(2);
    expect(error).toBe(`--port ${port}: it is in use\n`);
  });

  it("ends with 0 at Ctrl-C", async () => {
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

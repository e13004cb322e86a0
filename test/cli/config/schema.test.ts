// What an editor is told of slabfuzz.config.json agrees with what a command makes of the file.
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { checkConfig, configSchema } from "../../../src/cli/config/check.ts";
import { settingsText } from "../../../src/cli/config/settings.ts";
import { WHOLE, WRONG } from "../../helper/configs.ts";

const allows = new Ajv.default({ allErrors: true }).compile(configSchema());
const SCHEMA_LINE = { $schema: "./node_modules/slabfuzz/dist/config.schema.json" };

describe("the schema of a config", () => {
  it("allows a config that says all that there is to say, and names its schema", () => {
    const config = { ...SCHEMA_LINE, ...WHOLE };
    allows(config);
    expect(allows.errors).toBeNull();
    expect(checkConfig(config, "c.json")).toEqual(checkConfig(WHOLE, "c.json"));
  });

  it.each(["all", "none", "bit-flip", ["bit-flip"]])("allows the bug classes %j", (bugs) => {
    expect(allows({ bugs })).toBe(true);
    expect(() => checkConfig({ bugs }, "c.json")).not.toThrow();
  });

  it("allows what --print-config prints", () => {
    expect(allows(JSON.parse(settingsText(checkConfig(WHOLE, "c.json"))))).toBe(true);
  });

  it.each(Object.entries(WRONG))("refuses a wrong %s, as a command does", (field, [value]) => {
    expect(allows({ [field]: value })).toBe(false);
  });

  it.each([{ bug: "all" }, { ci: { speed: 1 } }, { invariants: { poisn: false } }, []])(
    "refuses %j, as a command does",
    (config) => {
      expect(allows(config)).toBe(false);
      expect(() => checkConfig(config, "c.json")).toThrow();
    },
  );

  it("describes each field, with its default", () => {
    const { properties } = configSchema() as { properties: Record<string, object> };
    for (const field of Object.values(properties)) {
      expect(field).toMatchObject({ description: expect.stringMatching(/^.{5,}$/) });
    }
    expect(properties["ops"]).toMatchObject({
      description: "operations of a program before its end, at most (default: 100)",
    });
  });
});

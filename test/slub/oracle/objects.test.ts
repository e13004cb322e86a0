import { beforeEach, describe, expect, it } from "vitest";
import { ObjectTable } from "../../../src/slub/oracle/objects.ts";
import { NONE } from "../../../src/slub/oracle/slabs.ts";
import { Source, UNKNOWN_BYTE } from "../../../src/slub/oracle/writes.ts";
import { ProgramImage } from "../../../src/slub/program/image.ts";

const image = new ProgramImage();
let objects: ObjectTable;
let id: number;

beforeEach(() => {
  image.clear();
  objects = new ObjectTable();
  id = objects.add(0, 13, 64, 0);
});

/** The bytes of the object as the program left them. */
function bytes(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => objects.writes.byteAt(image, id, first + i));
}

describe("the content of an object", () => {
  it("is unknown until the first write", () => {
    expect(bytes(0, 2)).toEqual([UNKNOWN_BYTE, UNKNOWN_BYTE]);
    expect(objects.writes.writerAt(id, 0)).toBe(NONE);
  });

  it("is what was written last", () => {
    image.fill(3, 0, 8, 0x11);
    image.write(3, 2, [0xa1, 0xa2]);
    objects.writes.add(id, 0, Source.OPERATION, 0, 8, 0);
    objects.writes.add(id, 1, Source.OPERATION, 2, 4, 2);
    expect(bytes(0, 5)).toEqual([0x11, 0x11, 0xa1, 0xa2, 0x11]);
    expect([objects.writes.writerAt(id, 1), objects.writes.writerAt(id, 2)]).toEqual([0, 1]);
  });

  it("has the later bytes of a write that begins before the object", () => {
    image.write(3, -2, [1, 2, 3, 4]);
    objects.writes.add(id, 0, Source.OPERATION, -2, 2, -2);
    expect(bytes(0, 2)).toEqual([3, 4]);
  });

  it("follows a copy, and a later write does not change the copy", () => {
    image.fill(3, 0, 4, 0x22);
    image.fill(4, 1, 1, 0x33);
    objects.writes.add(id, 0, Source.OPERATION, 0, 4, 0);
    const copy = objects.add(0, 13, 64, 1);
    objects.writes.add(copy, 1, Source.COPY, 0, 4, id);
    objects.writes.add(copy, 1, Source.OPERATION, 1, 2, 1);
    id = copy;
    expect(bytes(0, 5)).toEqual([0x22, 0x33, 0x22, 0x22, UNKNOWN_BYTE]);
  });

  it("is zero after a zeroed allocation", () => {
    objects.writes.add(id, 0, Source.ZERO, 0, 64, 0);
    expect(bytes(62, 3)).toEqual([0, 0, UNKNOWN_BYTE]);
  });
});

it("the table of objects grows and keeps its knowledge", () => {
  for (let i = 0; i < 1000; i++) objects.add(i, 13, 64, i);
  expect(objects.count).toBe(1001);
  expect([objects.at(1000), objects.bornAt(500), objects.diedAt(3)]).toEqual([999, 499, NONE]);
});

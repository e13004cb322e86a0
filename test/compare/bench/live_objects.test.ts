import { expect, it } from "vitest";
import { LiveObjects } from "../../../src/compare/bench/stream.ts";

it("the ring of live objects gives objects back by age, also round its end", () => {
  const objects = new LiveObjects(10, 3);
  const [a, b] = [objects.add(0), objects.add(1)];
  expect(objects.takeOldest()).toBe(a);
  const c = objects.add(2);
  const d = objects.add(3);
  expect([objects.count, objects.cacheOf(b), objects.cacheOf(d)]).toEqual([3, 1, 3]);
  expect(objects.takeNewest()).toBe(d);
  expect(objects.takeAny(0)).toBe(b);
  expect(objects.takeOldest()).toBe(c);
  expect(objects.count).toBe(0);
});

it("the ring of live objects uses each of its slots once before any twice", () => {
  const objects = new LiveObjects(4, 5);
  const slots = Array.from({ length: 5 }, () => objects.add(0));
  expect([...slots].sort()).toEqual([4, 5, 6, 7, 8]);
});

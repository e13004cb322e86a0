// Objects field by field: the same without some, with some of them only, or one over another.

/** All fields but these. */
export function omit<T extends object, const K extends keyof T>(
  from: T,
  ...names: readonly K[]
): Omit<T, K> {
  const left = Object.entries(from).filter(([name]) => !names.some((one) => one === name));
  return Object.fromEntries(left) as Omit<T, K>;
}

/** These fields only, as far as they are there. */
export function pick<T extends object, K extends keyof T>(
  from: T,
  names: readonly K[],
): Pick<T, K> {
  const found = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return Object.fromEntries(found) as Pick<T, K>;
}

/** Later layers override earlier ones, with the fields that they have a value for. */
export function overlaid<T extends object>(first: T, ...layers: readonly Partial<T>[]): T {
  const given = [first, ...layers].flatMap((layer) => Object.entries(layer));
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as T;
}

// Figures about samples: a share with the interval that the true share lies in, and quantiles of
// counted values.

/** 95 % of the normal distribution lie this many deviations around its mean. */
export const Z_95 = 1.959964;

/** A share of cases, and the interval that holds the true one in 95 of 100 samples. */
export interface Rate {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's interval: honest for few cases, and for shares near 0 and 1. */
export function wilson(hits: number, cases: number): Rate | undefined {
  if (cases === 0) return undefined;
  const rate = hits / cases;
  const square = Z_95 * Z_95;
  const middle = rate + square / (2 * cases);
  const spread = Z_95 * Math.sqrt((rate * (1 - rate) + square / (4 * cases)) / cases);
  const scale = 1 + square / cases;
  const low = hits === 0 ? 0 : Math.max(0, (middle - spread) / scale);
  const high = hits === cases ? 1 : Math.min(1, (middle + spread) / scale);
  return { rate, low, high };
}

/** The value that a share of all counted ones do not exceed; undefined where there are none. */
export function quantile(
  counts: Readonly<Record<number, number>>,
  share: number,
): number | undefined {
  const values = Object.entries(counts)
    .map(([value, count]) => [Number(value), count] as const)
    .sort(([a], [b]) => a - b);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [value, count] of values) {
    seen += count;
    if (seen >= share * total) return value;
  }
  return undefined;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Student's t, the 97.5th percentile, for 1 … 19 degrees of freedom. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093,
];

export const mostValues = student.length + 1;

export interface Estimate {
  value: number;
  /** Of 95 %. */
  interval: [lower: number, upper: number];
}

/** The geometric mean of 2 … `mostValues` positive values, with Student's interval of their logarithms. */
export function geometricMean(values: readonly number[]): Estimate {
  const logarithms = values.map(Math.log);
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = student[values.length - 2]! * Math.sqrt(variance / values.length);
  return { value: Math.exp(mean), interval: [Math.exp(mean - half), Math.exp(mean + half)] };
}

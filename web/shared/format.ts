/** Numbers as people read them: three digits and a unit. */

function scaled(value: number, units: [number, string][]): string {
  const [size, unit] = units.find(([least]) => value >= least) ?? units[units.length - 1]!;
  const shown = value / size;
  return `${shown.toFixed(shown < 10 ? 2 : shown < 100 ? 1 : 0)}\u00a0${unit}`;
}

const timeUnits: [number, string][] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

const rateUnits = (unit: string): [number, string][] => [
  [1e9, `G${unit}/s`],
  [1e6, `M${unit}/s`],
  [1e3, `k${unit}/s`],
  [1, `${unit}/s`],
];

export const time = (ns: number): string => scaled(ns, timeUnits);
/** "2.51 – 2.64 µs", or with both units where they differ. */
export function timeInterval(lower: number, upper: number): string {
  const [from, to] = [time(lower), time(upper)];
  const [number, unit] = from.split('\u00a0');
  return `${to.endsWith(`\u00a0${unit}`) ? number : from}\u00a0– ${to}`;
}

export const elementsRate = (rate: number): string => scaled(rate, rateUnits('elem'));
export const bytesRate = (rate: number): string => scaled(rate, rateUnits('B'));
/** As the command line writes sizes: "5.94 kB". */
export const bytes = (size: number): string =>
  scaled(size, [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B'],
  ]);
/** "2,000" */
export const count = (value: number): string => value.toLocaleString('en');
export const ratio = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)}×`;

export const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;

/** "1 min 20 s" */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

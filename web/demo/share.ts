/** A share of 0 … 1 in percent: never 0 or 100 where it is not. */
export function shareOf(share: number): string {
  const percent = share * 100;
  if (percent > 99 && percent < 100) return '> 99\u00a0%';
  if (percent > 0 && percent < 1) return '< 1\u00a0%';
  return `${Math.round(percent)}\u00a0%`;
}

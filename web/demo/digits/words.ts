/// What is said of a digit's readings.

import { type Variant, variants } from './protocol.ts';

export const names: Record<Variant, string> = { float32: 'float32', i2_s: 'I2_S', tl1: 'TL1', tl2: 'TL2' };

export const aDigit = (digit: number): string => `${digit === 8 ? 'an' : 'a'} ${digit}`;

/** "float32", "I2_S and TL1", "I2_S, TL1 and TL2" */
function list(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** "All four read a 7." or "float32 reads a 7; I2_S, TL1 and TL2 read a 1." */
export function saying(digits: Record<Variant, number>): string {
  const readers = new Map<number, Variant[]>();
  for (const variant of variants) readers.set(digits[variant], [...(readers.get(digits[variant]) ?? []), variant]);
  if (readers.size === 1) return `All four read ${aDigit(digits.float32)}.`;
  const parts = [...readers].map(
    ([digit, who]) => `${list(who.map((variant) => names[variant]))} ${who.length === 1 ? 'reads' : 'read'} ${aDigit(digit)}`,
  );
  return `${parts.join('; ')}.`;
}

/** How a wrong reading is listed: who took the digit for what. */
export function mistake(digits: Record<Variant, number>, label: number): { caption: string; name: string } {
  const wrong = variants.filter((variant) => digits[variant] !== label);
  const taken = [...new Set(wrong.map((variant) => digits[variant]))];
  return { caption: `${label} → ${taken.join(', ')}`, name: `A test digit ${label}. ${saying(digits)}` };
}
